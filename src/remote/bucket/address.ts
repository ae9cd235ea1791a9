import { InputError } from '../../errors.js';

/** Where results are kept that machines without a shared disk send each other. */
export interface BucketAddress {
  readonly name: string;
  /** Of all keys, with its `/`; or empty. */
  readonly prefix: string;
  /** For example `s3://name/prefix`. */
  readonly shown: string;
}

const SCHEME = 's3://';
/** The rules of S3 for names, and of keys what needs no escaping anywhere. */
const PATTERN = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/([\w.-]+(?:\/[\w.-]+)*)?)?\/*$/;
const MAX_CHARACTERS = 500;

export function isBucketUrl(text: string): boolean {
  return text.startsWith(SCHEME);
}

/** What was received is not repeated in the error: it may hold a key that does not belong there. */
export function parseBucketUrl(text: string): BucketAddress {
  const [, name, path = ''] = (text.length <= MAX_CHARACTERS ? PATTERN.exec(text) : null) ?? [];
  if (name === undefined || path.split('/').some((part) => /^[.]+$/.test(part)))
    throw new InputError(
      '--bucket: expected s3://NAME or s3://NAME/PREFIX, for example s3://my-bucket/my-sweep; the address of the server is given in the ' +
        'environment as AWS_ENDPOINT_URL, the rest as AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or in ~/.aws',
    );
  const prefix = path === '' ? '' : `${path}/`;
  return { name, prefix, shown: `${SCHEME}${name}${path === '' ? '' : `/${path}`}` };
}
