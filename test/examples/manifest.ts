import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Job } from 'kubernetes-models/batch/v1';
import type { IJob } from 'kubernetes-models/batch/v1';
import ts from 'typescript';
import { parse } from 'yaml';

type JobManifest = IJob & Required<Pick<IJob, 'spec'>>;

/** @throws an Error if Kubernetes' schema of a Job refuses the manifest */
export function readJob(file: string): JobManifest {
  const manifest = parse(readFileSync(file, 'utf8')) as JobManifest;
  new Job(manifest).validate();
  return manifest;
}

/**
 * The schema allows any other field too, as a misspelt one, where the API server ignores it or refuses it. TypeScript's types of
 * the same schema do not.
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
