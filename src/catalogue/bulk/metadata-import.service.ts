import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Authorisation } from '../../identity/authorisation.service.js';
import type { Principal } from '../../identity/principal.js';
import { isUuid } from '../../kernel/ids.js';
import { Database } from '../../platform/database/database.js';
import { validationPipe } from '../../platform/web/validation.js';
import { DatasetEdits } from '../dataset-edits.service.js';
import { DatasetRegistration } from '../dataset-registration.service.js';
import { DatasetDto } from '../dataset.dto.js';
import { DatasetsRepository } from '../datasets.repository.js';
import { descriptionOf } from '../described.js';
import type { ImportReport, RowOutcome } from './bulk.types.js';
import { changesIn } from './metadata-columns.rules.js';
import { readMetadataFile, type MetadataRow } from './metadata-file.js';
import { cellRefusal, faultsOf, refusedRow, reportOf } from './row-report.rules.js';

/** Whose file it is, and whether it is only tried. */
interface Import {
  readonly principal: Principal;
  readonly organisationId: string;
  readonly isDryRun: boolean;
  readonly key: string | undefined;
}

/** Thrown in a transaction of a dry run, when everything in it went well. */
class TriedOut extends Error {}

/** Descriptions from a table: each row is a dataset, a transaction and an event of its own. */
@Injectable()
export class MetadataImport {
  constructor(
    private readonly database: Database,
    private readonly datasets: DatasetsRepository,
    private readonly registration: DatasetRegistration,
    private readonly edits: DatasetEdits,
    private readonly authorisation: Authorisation,
  ) {}

  /**
   * A row that is refused leaves the others as they are. A dry run does all that an import does, and takes each row back.
   * @param key of a repeated import: what a row created, it does not create again.
   * @throws ConcordatError `input_invalid` (422) for a file of which nothing is imported
   */
  async import(text: string, whose: Import): Promise<ImportReport> {
    const organisationIds = [whose.organisationId];
    this.authorisation.require(whose.principal, 'dataset:register', { organisationIds });
    this.authorisation.require(whose.principal, 'dataset:update', { organisationIds });
    const rows = readMetadataFile(text);
    const ids = rows.map(({ cells }) => cells?.get('id')?.trim() ?? '');
    const reports = [];
    for (const [at, row] of rows.entries()) {
      const id = ids[at] ?? '';
      reports.push(
        id !== '' && ids.indexOf(id) < at
          ? refusedRow(row.line, id, [{ column: 'id', reason: 'stands twice' }])
          : await this.importRow(row, id, whose),
      );
    }
    return reportOf(whose.isDryRun, reports);
  }

  private async importRow({ line, cells }: MetadataRow, id: string, whose: Import) {
    if (!cells) {
      const reason = 'has more or fewer cells than there are columns';
      return refusedRow(line, null, [{ column: null, reason }]);
    }
    try {
      const done =
        id === '' ? await this.create(line, cells, whose) : await this.update(id, cells, whose);
      return { line, ...done, faults: [] };
    } catch (error) {
      return refusedRow(line, id === '' ? null : id, faultsOf(error));
    }
  }

  private async create(line: number, cells: ReadonlyMap<string, string>, whose: Import) {
    const { principal, organisationId, isDryRun, key } = whose;
    requireCell(cells, 'version', '', 'is of a dataset that is there: give its id too');
    requireCell(cells, 'status', 'draft', 'of a new dataset is draft');
    const members = Object.entries(changesIn(cells, {})).filter(([, value]) => value !== null);
    const dto = (await validationPipe.transform(
      { organisationId, ...Object.fromEntries(members) },
      { type: 'body', metatype: DatasetDto },
    )) as DatasetDto;
    const rowKey =
      key === undefined
        ? undefined
        : createHash('sha256')
            .update(`${key} ${String(line)}`)
            .digest('hex');
    const id = await triedOut(
      this.registration.register(principal, dto, rowKey, isDryRun ? tryOut : undefined),
    );
    return { id: id ?? null, outcome: 'created' as const };
  }

  private async update(id: string, cells: ReadonlyMap<string, string>, whose: Import) {
    const { principal, organisationId, isDryRun } = whose;
    const { manager } = this.database;
    const dataset = isUuid(id) ? await this.datasets.find(manager, id) : null;
    if (dataset?.organisationId !== organisationId) {
      throw cellRefusal('id', 'names no dataset of the organisation');
    }
    requireCell(
      cells,
      'status',
      dataset.status,
      'is changed by publishing, freezing and withdrawing',
    );
    const changes = changesIn(cells, descriptionOf(dataset, [], []));
    let outcome: RowOutcome = 'unchanged';
    if (Object.keys(changes).length > 0) {
      const version = cells.get('version')?.trim() ?? '';
      if (version === '') {
        throw cellRefusal('version', 'is required where id is given');
      }
      await triedOut(
        this.edits.edit(principal, id, changes, `"${version}"`, async (_, isChanged) => {
          outcome = isChanged ? 'updated' : 'unchanged';
          await (isDryRun ? tryOut() : undefined);
        }),
      );
    }
    return { id, outcome };
  }
}

function requireCell(
  cells: ReadonlyMap<string, string>,
  column: string,
  wanted: string,
  reason: string,
): void {
  const cell = cells.get(column)?.trim() ?? '';
  if (cell !== '' && cell !== wanted) {
    throw cellRefusal(column, reason);
  }
}

// The transaction rolls back, with its event.
function tryOut(): Promise<never> {
  return Promise.reject(new TriedOut());
}

async function triedOut<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof TriedOut) {
      return undefined;
    }
    throw error;
  }
}
