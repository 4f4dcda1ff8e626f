import type { DistributionDto } from '../dataset.dto.js';
import type { DistributionEntity } from '../dataset.entity.js';

/** How sure it is that two are the same form of a dataset, surest first. A source's own ids of forms are seldom kept. */
const KEYS: readonly ((form: Form) => string)[] = [
  (form) => JSON.stringify([form.title, form.mediaType, form.downloadUrl, form.accessUrl]),
  (form) => form.downloadUrl ?? form.accessUrl ?? '',
  (form) => JSON.stringify([form.title, form.mediaType]),
];

interface Form {
  readonly title: string;
  readonly mediaType: string;
  readonly downloadUrl: string | null;
  readonly accessUrl: string | null;
}

/** Gives forms that are there already their ids, each to one at most. */
export function keepForms(
  before: readonly (Form & Pick<DistributionEntity, 'id'>)[],
  wanted: readonly DistributionDto[],
): DistributionDto[] {
  const ids = new Map<DistributionDto, string>();
  const taken = new Set<string>();
  for (const keyOf of KEYS) {
    for (const dto of wanted.filter((one) => !ids.has(one))) {
      const key = keyOf({
        ...dto,
        downloadUrl: dto.downloadUrl ?? null,
        accessUrl: dto.accessUrl ?? null,
      });
      const match =
        key === '' ? undefined : before.find((old) => !taken.has(old.id) && keyOf(old) === key);
      if (match) {
        taken.add(match.id);
        ids.set(dto, match.id);
      }
    }
  }
  return wanted.map((dto) => {
    const id = ids.get(dto);
    return id === undefined ? dto : { ...dto, id };
  });
}
