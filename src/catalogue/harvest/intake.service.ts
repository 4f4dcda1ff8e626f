import { createHash, randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { canonicalDigest, type Json } from '../../kernel/canonical-json.js';
import { ConcordatError, isConcordatError, type FieldError } from '../../kernel/errors.js';
import type { Tx } from '../../platform/database/database.js';
import { validationPipe } from '../../platform/web/validation.js';
import { readVocabularies } from '../catalogue-vocabularies.js';
import { DatasetDto } from '../dataset.dto.js';
import { DescriptionChecks } from '../description-checks.service.js';
import type { HarvestedDescription, HarvestedRecord } from './mapping/harvested-record.rules.js';
import { RECORD_MAPPERS } from './mapping/record-mappers.js';
import { isTooDeep } from './nesting.rules.js';
import { ownAddressFault } from './own-address.rules.js';
import { RecordWriting } from './record-writing.service.js';
import { RecordsRepository, type KnownRecord } from './records.repository.js';
import type { PageCounts, ReportEntry, Turn, TurnSource } from './runs.repository.js';

type Accepted = Extract<HarvestedRecord, { readonly description: HarvestedDescription }>;

/** What came of a page of records. */
export interface PageResult {
  readonly counts: PageCounts;
  readonly entries: readonly ReportEntry[];
  /** Records that the run had not met before. */
  readonly isNews: boolean;
}

/** Takes records of another catalogue in: each is judged as a new dataset is, and written if it says something new. */
@Injectable()
export class Intake {
  private readonly frequencies = new Set(
    readVocabularies().frequency.terms.map(({ code }) => code),
  );

  constructor(
    private readonly records: RecordsRepository,
    private readonly writing: RecordWriting,
    private readonly checks: DescriptionChecks,
    @Inject(Config) private readonly config: Pick<Config, 'publicUrl'>,
  ) {}

  /** In the caller's transaction: all of the page, with its events, or none of it. */
  async take(tx: Tx, turn: Turn, raw: readonly unknown[]): Promise<PageResult> {
    const { source, runId } = turn;
    const mapped = raw.map((one) => this.read(source, one));
    const keys = mapped.map(({ identifier }, at) => identifier ?? keyOf(raw[at]));
    const news = await this.records.see(tx, runId, keys);
    // Pages move while they are turned: one record on two of them is no fault. Two of one name on one page are.
    const fresh = mapped.filter((_, at) => news.has(keys[at] ?? ''));
    const identifiers = fresh.flatMap(({ identifier }) => identifier ?? []);
    const known = await this.records.known(tx, source.id, identifiers);
    const entries: ReportEntry[] = [];
    let unchanged = 0;
    const taken = new Set<string>();
    for (const record of fresh) {
      const found = await this.takeOne(tx, turn, record, known, taken);
      entries.push(...found);
      unchanged += found.length === 0 ? 1 : 0;
    }
    return { counts: countsOf(entries, fresh.length, unchanged), entries, isNews: news.size > 0 };
  }

  private read({ format, name, url }: TurnSource, raw: unknown): HarvestedRecord {
    return isTooDeep(raw)
      ? { identifier: null, refused: [TOO_DEEP] }
      : RECORD_MAPPERS[format](raw, { name, url, frequencies: this.frequencies });
  }

  private async takeOne(
    tx: Tx,
    turn: Turn,
    record: HarvestedRecord,
    known: ReadonlyMap<string, KnownRecord>,
    taken: Set<string>,
  ): Promise<readonly ReportEntry[]> {
    if ('refused' in record) {
      return [refusal(record.identifier, null, record.refused)];
    }
    const { identifier, description } = record;
    if (taken.has(identifier)) {
      return [refusal(identifier, description.title, [TWICE])];
    }
    taken.add(identifier);
    const before = known.get(identifier);
    const digest = canonicalDigest(settled(turn.source, description) as unknown as Json);
    const isSame = before?.digest === digest && !before.isVanished;
    if (isSame || before?.isWithdrawn === true) {
      return [];
    }
    try {
      return await this.write(tx, turn, record, before, digest);
    } catch (error) {
      if (isConcordatError(error) && error.code === 'input_invalid') {
        return [refusal(identifier, description.title, error.fields.errors ?? [])];
      }
      throw error;
    }
  }

  private async write(
    tx: Tx,
    { source, runId }: Turn,
    { identifier, description, leftOut }: Accepted,
    before: KnownRecord | undefined,
    digest: string,
  ): Promise<readonly ReportEntry[]> {
    const dto = await this.judge(tx, source, identifier, description);
    const { title, organisationId } = dto;
    const line = { identifier, title, sameAs: null, reasons: leftOut };
    if (before === undefined) {
      const datasetId = await this.writing.add(tx, { sourceId: source.id, identifier }, dto);
      await this.records.noteDigest(tx, datasetId, digest);
      const twin = await this.twinEntry(tx, datasetId, identifier, dto);
      return [{ ...line, change: 'added', datasetId }, ...twin];
    }
    const { datasetId, isVanished } = before;
    await this.records.lock(tx, datasetId);
    const entries: ReportEntry[] = [];
    if (isVanished) {
      await this.writing.bringBack(tx, { id: datasetId, organisationId }, runId);
      entries.push({ ...line, change: 'returned', datasetId, reasons: [] });
    }
    if (before.digest !== digest) {
      const changed = await this.writing.change(tx, datasetId, dto);
      await this.records.noteDigest(tx, datasetId, digest);
      const reasons = [...changed.map((pointer) => ({ pointer, reason: 'changed' })), ...leftOut];
      entries.push({ ...line, change: 'changed', datasetId, reasons });
    }
    return entries;
  }

  /** @throws ConcordatError `input_invalid`, as for a dataset that somebody registers. */
  private async judge(
    tx: Tx,
    source: TurnSource,
    identifier: string,
    description: HarvestedDescription,
  ): Promise<DatasetDto> {
    const own = ownAddressFault(this.config.publicUrl, identifier, description);
    if (own !== undefined) {
      throw new ConcordatError('input_invalid', { errors: [own] });
    }
    const dto = (await validationPipe.transform(settled(source, description), {
      type: 'body',
      metatype: DatasetDto,
    })) as DatasetDto;
    this.checks.checkWords(dto);
    await this.checks.checkThings(tx, dto);
    return dto;
  }

  private async twinEntry(
    tx: Tx,
    id: string,
    identifier: string,
    { organisationId, title, publisher, distributions }: DatasetDto,
  ): Promise<readonly ReportEntry[]> {
    const downloadUrls = distributions.flatMap(({ downloadUrl }) => downloadUrl ?? []);
    const dataset = { id, organisationId, title, publisher, downloadUrls };
    const twin = await this.records.twinOf(tx, dataset);
    const reason = twin?.isSameFile === true ? 'has a file of another dataset' : 'is another’s too';
    const pointer = twin?.isSameFile === true ? '/distributions' : '/title';
    return twin === undefined
      ? []
      : [
          {
            ...{ change: 'duplicate', identifier, title, datasetId: id, sameAs: twin.id },
            reasons: [{ pointer, reason }],
          },
        ];
  }
}

const TWICE = { pointer: '/identifier', reason: 'stands twice in the source' };
const TOO_DEEP = { pointer: '', reason: 'is nested too deeply' };

/** What all records of a source have in common, and what follows from how open one is. */
function settled({ organisationId, visibility }: TurnSource, description: HarvestedDescription) {
  const sensitivity = description.access === 'open' ? 'public' : 'internal';
  return { ...description, organisationId, visibility, sensitivity, kind: 'files' };
}

/** By which a record without a name is known again. */
function keyOf(raw: unknown): string {
  const text = isTooDeep(raw) ? randomUUID() : JSON.stringify(raw);
  return `unnamed:${createHash('sha256').update(text).digest('hex')}`;
}

function refusal(
  identifier: string | null,
  title: string | null,
  reasons: readonly FieldError[],
): ReportEntry {
  return { change: 'refused', identifier, title, datasetId: null, sameAs: null, reasons };
}

function countsOf(entries: readonly ReportEntry[], seen: number, unchanged: number): PageCounts {
  const of = (change: ReportEntry['change']): number =>
    entries.filter((entry) => entry.change === change).length;
  return {
    ...{ seen, unchanged, added: of('added'), changed: of('changed'), refused: of('refused') },
    ...{ duplicates: of('duplicate'), vanished: of('vanished'), returned: of('returned') },
  };
}
