import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Job } from 'kubernetes-models/batch/v1';
import type { IJob } from 'kubernetes-models/batch/v1';
import ts from 'typescript';
import { parse } from 'yaml';

type JobManifest = IJob & Required<Pick<IJob, 'spec'>>;

/** Validates a manifest. @throws an Error if it does not match Kubernetes' schema of a Job */
export function readJob(file: string): JobManifest {
  const manifest = parse(readFileSync(file, 'utf8')) as JobManifest;
  new Job(manifest).validate();
  return manifest;
}

/**
 * Finds unknown fields, for example misspelled ones, with TypeScript's types of the schema. The schema itself allows them, although the API
 * server ignores or rejects them.
 */
export function unknownFields(manifest: JobManifest): string[] {
  const file = path.join(import.meta.dirname, 'manifest-to-check.ts');
  const text = `import type { IJob } from 'kubernetes-models/batch/v1';\nexport const job: IJob = ${JSON.stringify(manifest)};\n`;
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const files = { ...host };
  host.getSourceFile = (name, version) =>
    name === file ? ts.createSourceFile(name, text, version) : files.getSourceFile(name, version);
  host.fileExists = (name) => name === file || files.fileExists(name);
  const program = ts.createProgram([file], options, host);
  return program
    .getSemanticDiagnostics(program.getSourceFile(file))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
}
