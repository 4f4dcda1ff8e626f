import type { Broker } from './broker.js';
import { ClientError, EXIT } from './client-error.js';

const NEEDED = ['project', 'dataset', 'agreement', 'purpose', 'justification'] as const;

export type RequestOptions = Readonly<
  Partial<Record<(typeof NEEDED)[number] | 'until' | 'delivery', string>>
>;

interface Agreement {
  readonly versionHash: string | null;
  readonly endsOn?: string;
  readonly modes?: readonly string[];
  readonly terms?: { readonly endsOn?: string; readonly modes?: readonly string[] };
}

/** Asks for access and undertakes to keep the terms as they stand. @returns what became of it at once. */
export async function makeRequest(
  broker: Broker,
  options: RequestOptions,
): Promise<{ readonly id: string; readonly status: string }> {
  const missing = NEEDED.filter((name) => options[name] === undefined);
  if (missing.length > 0) {
    const names = missing.map((name) => `--${name}`).join(', ');
    throw new ClientError(EXIT.usage, `request also needs ${names}`);
  }
  const { project, dataset, agreement = '', purpose, justification, until, delivery } = options;
  const terms = await broker.get<Agreement>(`/api/v1/agreements/${agreement}`);
  const path = '/api/v1/access-requests';
  const { id } = await broker.call<{ id: string }>('POST', path, {
    projectId: project,
    datasetId: dataset,
    agreementId: agreement,
    purpose,
    justification,
    delivery: delivery ?? (terms.modes ?? terms.terms?.modes)?.[0] ?? 'stream',
    until: until ?? terms.endsOn ?? terms.terms?.endsOn,
    frequency: 'recurring',
    conflict: false,
  });
  return broker.call('POST', `${path}/${id}/submit`, { versionHash: terms.versionHash });
}
