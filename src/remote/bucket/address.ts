import { InputError } from '../../errors.js';

/** The address of a bucket through which machines without a shared disk exchange results. */
export interface BucketAddress {
  readonly name: string;
  /** The prefix of all keys, which ends with `/`, or the empty string. */
  readonly prefix: string;
  /** The address as shown to people, for example `s3://name/prefix`. */
  readonly shown: string;
}

const SCHEME = 's3://';
/** S3's rules for bucket names, and a prefix of characters that never need escaping. */
const PATTERN = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/([\w.-]+(?:\/[\w.-]+)*)?)?\/*$/;
const MAX_CHARACTERS = 500;

export function isBucketUrl(text: string): boolean {
  return text.startsWith(SCHEME);
}

/**
 * Parses the argument of `--bucket`.
 * @throws an InputError, which does not repeat the text, because it may contain an access key
 */
export function parseBucketUrl(text: string): BucketAddress {
  const [, name, path = ''] = (text.length <= MAX_CHARACTERS ? PATTERN.exec(text) : null) ?? [];
  if (name === undefined || path.split('/').some((part) => /^[.]+$/.test(part)))
    throw new InputError(
      'Invalid bucket: expected s3://NAME or s3://NAME/PREFIX, for example s3://my-bucket/my-sweep, with a NAME of 3 to 63 characters. ' +
        'The address of the server and the credentials belong in AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or in ~/.aws',
    );
  const prefix = path === '' ? '' : `${path}/`;
  return { name, prefix, shown: `${SCHEME}${name}${path === '' ? '' : `/${path}`}` };
}
