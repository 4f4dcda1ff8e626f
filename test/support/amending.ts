import { AgreementActs } from '../../src/agreements/agreement-acts.service.js';
import { AgreementsService } from '../../src/agreements/agreements.service.js';
import { etagOf } from '../../src/agreements/agreement.view.js';
import { VersionsService } from '../../src/agreements/versions/versions.service.js';
import type { Principal } from '../../src/identity/principal.js';
import type { Role } from '../../src/identity/roles.js';
import { Database } from '../../src/platform/database/database.js';
import { etagNow } from './agreement-etag.js';
import { PROVIDER, RECIPIENT } from './agreement-terms.js';
import { GROUND, type GrantWorld } from './grant-world.js';

/** Who may do anything to the agreement of the world of grants, besides those of its ground. */
export const OFFICERS_OF_PARTIES: Readonly<
  Record<string, readonly [organisationId: string, role: Role]>
> = {
  [PROVIDER.signatory]: [PROVIDER.id, 'signatory'],
  [PROVIDER.dpo]: [PROVIDER.id, 'dpo'],
  [RECIPIENT.signatory]: [RECIPIENT.id, 'signatory'],
  [RECIPIENT.dpo]: [RECIPIENT.id, 'dpo'],
};

/** Somebody in one role of one organisation, who signed in just now. */
export function inOffice(
  world: GrantWorld,
  personId: string,
  [organisationId, role]: readonly [organisationId: string, role: Role],
): Principal {
  return world.as(GROUND.researcher, {
    personId,
    subject: personId,
    authenticatedAt: world.clock.now(),
    memberships: [
      {
        membershipId: personId,
        organisationId,
        organisationName: organisationId,
        isOperator: false,
        position: `Head ${role}`,
        roles: [role],
      },
    ],
  });
}

/** A signature that is still to be given. */
export type Signature = () => Promise<unknown>;

/**
 * Prepares the next version of an agreement up to its signatures; the last of them puts it in force.
 * @param as who somebody is, by person.
 */
export async function amend(
  world: GrantWorld,
  as: (personId: string) => Principal,
  id: string,
  changes: Readonly<Record<string, unknown>>,
): Promise<readonly Signature[]> {
  const service = <T>(type: abstract new (...args: never[]) => T): T =>
    world.app.get<T>(type, { strict: false });
  const agreements = service(AgreementsService);
  const acts = service(AgreementActs);
  const owner = as(PROVIDER.owner);
  const current = (which: 'open' | 'current'): Promise<string> =>
    etagNow(service(Database), id, which);
  const draft = await service(VersionsService).amend(owner, id, await current('current'));
  await agreements.edit(owner, id, changes, etagOf(draft));
  const { versionHash, parties } = await agreements.submit(owner, id, await current('open'));
  const hash = { versionHash: versionHash ?? '' };
  const named = parties.filter(({ founding }) => founding);
  for (const { dpoId } of named) {
    await acts.review(as(dpoId), id, { decision: 'accept', ...hash });
  }
  const { amendment } = await agreements.getOpen(owner, id);
  return named
    .filter(({ lead }) => lead || amendment === 'material')
    .map(
      ({ signatoryId }) =>
        () =>
          acts.sign(as(signatoryId), id, { decision: 'sign', ...hash }),
    );
}
