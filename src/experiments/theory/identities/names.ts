/** The names of the paper's identities and inequalities in settings. This module loads none of them, so that planning stays instant. */
export const identityNames = [
  'eq4',
  'lemma1',
  'lemma2',
  'lemma3',
  'lemma4-loss',
  'lemma4-gradient',
  'lemma4-trajectory',
  'lemma5-l',
  'lemma5-l1',
  'eq7',
  'lemma7',
  'eq8',
  'lemma1-tanh',
  'lemma2-tanh',
  'lemma7-tanh',
] as const;

export type IdentityName = (typeof identityNames)[number];
