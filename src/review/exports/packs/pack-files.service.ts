import { Inject, Injectable } from '@nestjs/common';
import { discloseFields } from '../../../audit/disclosure.js';
import { NOBODY } from '../../../audit/event-preparation.js';
import { Receipts } from '../../../audit/receipts.service.js';
import { Config } from '../../../config/config.js';
import type { Json } from '../../../kernel/canonical-json.js';
import { Database } from '../../../platform/database/database.js';
import { Signing } from '../../../platform/signing/signing.service.js';
import { AuditEventsRepository } from '../../audit-events.repository.js';
import type { AuditEventView } from '../../audit-event.view.js';
import { mayOpen } from '../../disclosures/openable-fields.js';
import { Pseudonyms } from '../../pseudonyms.service.js';
import type { ExportClaim } from '../export.types.js';
import { ExportsRepository, type CommittedEventRow } from '../exports.repository.js';
import type { BagFile } from './bag.js';
import { PackDocumentsRepository, type PackDocuments } from './pack-documents.repository.js';
import { bagInfo, readMe } from './pack-texts.js';
import { roCrate } from './ro-crate.js';

/** The log has not published some event yet: a pack without its receipt proves nothing. */
export class NotPublishedYet extends Error {}

const BATCH = 100;

/** The files of an evidence pack (domain.md section 6): what `concordat verify pack` reads, and the documents beside. */
@Injectable()
export class PackFiles {
  // eslint-disable-next-line max-params -- what is in a pack, and where each part is from
  constructor(
    private readonly database: Database,
    private readonly exports: ExportsRepository,
    private readonly events: AuditEventsRepository,
    private readonly documents: PackDocumentsRepository,
    private readonly receipts: Receipts,
    private readonly pseudonyms: Pseudonyms,
    private readonly signing: Signing,
    @Inject(Config) private readonly config: Config,
  ) {}

  /**
   * @param views the events as their reader saw them, in batches.
   * @param onProven called with the number of events whose receipts have been written.
   * @throws NotPublishedYet before the log has all of them.
   */
  async *of(
    claim: ExportClaim,
    views: AsyncIterable<readonly AuditEventView[]>,
    onProven: (events: number) => void,
  ): AsyncGenerator<BagFile> {
    const checkpoint = await this.receipts.checkpoint();
    const keys = await this.receipts.verifierKeys();
    if (checkpoint === null || keys === null) {
      throw new NotPublishedYet();
    }
    yield { path: 'bag-info.txt', content: bagInfo(claim) };
    yield { path: 'README.txt', content: readMe(claim, this.config.publicUrl) };
    yield { path: 'data/checkpoint', content: checkpoint };
    yield { path: 'data/vkey', content: keys };
    yield { path: 'data/jwks.json', content: json(this.signing.jwks()) };
    const found = await this.documents.find(this.database.manager, claim, claim);
    yield* this.papers(found);
    const crate = roCrate(claim, found, this.config.publicUrl);
    yield { path: 'data/ro-crate-metadata.json', content: json(crate) };
    // The proofs first: where one is missing yet, little was written in vain.
    yield* this.proofs(claim, checkpoint, onProven);
    yield { path: 'data/events.jsonl', content: linesOf(views) };
  }

  private async *papers({
    grant,
    accessRequest,
    decisions,
    explanation,
    versions,
  }: PackDocuments): AsyncGenerator<BagFile> {
    if (grant) {
      yield { path: 'data/grant.json', content: await this.paper({ ...grant, explanation }) };
    }
    if (accessRequest) {
      yield {
        path: 'data/access-request.json',
        content: await this.paper({ ...accessRequest, decisions }),
      };
    }
    for (const { version, document, signOffs } of versions) {
      const folder = `data/agreement/${String(version)}`;
      // Byte for byte what was signed: its hash is the version's.
      yield { path: `${folder}/document.json`, content: document };
      yield {
        path: `${folder}/sign-offs.txt`,
        content: signOffs.map(({ jws }) => `${jws}\n`).join(''),
      };
    }
  }

  private async *proofs(
    { id, count }: ExportClaim,
    checkpoint: string,
    onProven: (events: number) => void,
  ): AsyncGenerator<BagFile> {
    for (let from = 0; from < count; from += BATCH) {
      const rows = await this.exports.events(this.database.manager, id, { from, limit: BATCH });
      const proofs = await this.receipts.under(checkpoint, rows);
      const opened = await this.disclosures(rows);
      for (const row of rows) {
        const proof = proofs.get(row.id);
        if (proof === undefined) {
          throw new NotPublishedYet();
        }
        yield { path: `data/receipts/${row.id}.tlog-proof`, content: proof };
        const disclosure = opened.get(row.id);
        if (disclosure !== undefined) {
          yield { path: `data/disclosures/${row.id}.json`, content: disclosure };
        }
      }
      onProven(from + rows.length);
    }
  }

  /** Of each event the fields about nobody: a pack is handed on, and people stay pseudonyms in it. */
  private async disclosures(
    rows: readonly CommittedEventRow[],
  ): Promise<ReadonlyMap<string, string>> {
    const ids = rows.map(({ id }) => id);
    const payloads = await this.events.payloadsOf(this.database.manager, ids);
    const open = new Map(
      payloads
        .filter(({ subjectId }) => subjectId === NOBODY)
        .map((payload) => [payload.eventId, payload]),
    );
    return new Map(
      rows.flatMap((row) => {
        const payload = open.get(row.id);
        return payload
          ? [[row.id, json(discloseFields(row, [payload], mayOpen(null, row, undefined)))]]
          : [];
      }),
    );
  }

  private async paper(document: Readonly<Record<string, Json>>): Promise<string> {
    return json(await this.pseudonyms.replaceIn(document));
  }
}

async function* linesOf(views: AsyncIterable<readonly AuditEventView[]>): AsyncGenerator<string> {
  for await (const events of views) {
    yield events.map((event) => `${JSON.stringify(event)}\n`).join('');
  }
}

function json(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
