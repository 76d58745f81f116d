import type {Form} from './claim.ts';

const isSame = (a: Form, b: Form): boolean =>
  a.kind === b.kind &&
  a.segments.length === b.segments.length &&
  a.segments.every((segment, i) => segment === b.segments[i]);

const haveSameIds = (a: Form, b: Form): boolean =>
  a.ids.length === b.ids.length && a.ids.every((id, i) => id === b.ids[i]);

/**
 * Adds a form to those of one text. Two that say the same are one: it is read in all ways of both, and has what the disk
 * knows of either. On a disk that tells upper and lower case apart, one key can be two places.
 */
export const addForm = (forms: Form[], form: Form): void => {
  const known = forms.findIndex(
    (one) => isSame(one, form) && (one.ids.length === 0 || form.ids.length === 0 || haveSameIds(one, form)),
  );
  const before = forms[known];
  if (before === undefined) forms.push(form);
  else {
    const ids = before.ids.length === 0 ? form.ids : before.ids;
    forms[known] = {...before, readings: before.readings | form.readings, ids};
  }
};

/** The form alone, of a claim that is one. */
export const formIn = ({kind, key, segments, via, readings, ids}: Form): Form => ({
  kind,
  key,
  segments,
  via,
  readings,
  ids,
});
