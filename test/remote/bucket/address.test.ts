import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseBucketUrl } from '../../../src/remote/bucket/address.js';

describe('parseBucketUrl', () => {
  test('accepts a name and a prefix of keys', () => {
    const cases = [
      ['s3://results', '', 's3://results'],
      ['s3://results/', '', 's3://results'],
      ['s3://results/paper', 'paper/', 's3://results/paper'],
      ['s3://results/paper/v1.2_a/', 'paper/v1.2_a/', 's3://results/paper/v1.2_a'],
    ] as const;
    for (const [text, prefix, shown] of cases)
      assert.deepEqual(parseBucketUrl(text), { name: 'results', prefix, shown });
  });

  test('rejects everything else without repeating it, because it may contain an access key', () => {
    const texts = [
      'results',
      's3://',
      's3://ab',
      's3://Results',
      's3://key:secret@results',
      's3://results/../other',
      's3://results//a',
      's3://results/a b',
      's3://results/?x',
      `s3://results/${'a'.repeat(500)}`,
    ];
    for (const text of texts)
      assert.throws(
        () => parseBucketUrl(text),
        (error: Error) => error.name === 'InputError' && /^Invalid bucket: expected/.test(error.message),
        text,
      );
    assert.throws(
      () => parseBucketUrl('s3://key:secret@results'),
      (error: Error) => !error.message.includes('secret@'),
    );
  });
});
