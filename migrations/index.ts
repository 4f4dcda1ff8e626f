import { Audit1790000000001 } from './0001-audit.js';
import { SigningKeys1790000000002 } from './0002-signing-keys.js';
import { Policy1790000000003 } from './0003-policy.js';
import { Sessions1790000000004 } from './0004-sessions.js';
import { Organisations1790000000005 } from './0005-organisations.js';
import { StoresAndCatalogue1790000000006 } from './0006-stores-and-catalogue.js';
import { Agreements1790000000007 } from './0007-agreements.js';
import { Requests1790000000008 } from './0008-requests.js';
import { Grants1790000000009 } from './0009-grants.js';
import { AgreementTerms1790000000010 } from './0010-agreement-terms.js';
import { AgreementVersions1790000000011 } from './0011-agreement-versions.js';
import { RemindersAndDeputies1790000000012 } from './0012-reminders-and-deputies.js';
import { ClosureAndRequests1790000000013 } from './0013-closure-and-requests.js';
import { Forms1790000000014 } from './0014-forms.js';
import { DueDates1790000000015 } from './0015-due-dates.js';
import { Notices1790000000016 } from './0016-notices.js';
import { Guardrails1790000000017 } from './0017-guardrails.js';
import { DecisionReplay1790000000018 } from './0018-decision-replay.js';
import { RoleEnds1790000000019 } from './0019-role-ends.js';
import { Supervision1790000000020 } from './0020-supervision.js';
import { SessionProbes1790000000022 } from './0022-session-probes.js';
import { Feeds1790000000023 } from './0023-feeds.js';
import { DecisionsOfAgreements1790000000024 } from './0024-decisions-of-agreements.js';
import { UsedProofs1790000000025 } from './0025-used-proofs.js';
import { PersonalTokens1790000000026 } from './0026-personal-tokens.js';
import { KeyRotation1790000000027 } from './0027-key-rotation.js';
import { StoreClients1790000000028 } from './0028-store-clients.js';
import { FeedGrants1790000000029 } from './0029-feed-grants.js';
import { StoreProbes1790000000030 } from './0030-store-probes.js';
import { Ends1790000000031 } from './0031-ends.js';
import { Erasure1790000000032 } from './0032-erasure.js';
import { Review1790000000033 } from './0033-review.js';
import { AuditExports1790000000034 } from './0034-audit-exports.js';
import { Log1790000000036 } from './0036-log.js';
import { AccessLogs1790000000035 } from './0035-access-logs.js';
import { Expiries1790000000041 } from './0041-expiries.js';
import { Alerts1790000000042 } from './0042-alerts.js';
import { ErasuresByTime1790000000043 } from './0043-erasures-by-time.js';
import { LogGrowth1790000000044 } from './0044-log-growth.js';
import { AuditSpeed1790000000045 } from './0045-audit-speed.js';
import { AlertDigests1790000000046 } from './0046-alert-digests.js';
import { AcceptedDifferences1790000000047 } from './0047-accepted-differences.js';
import { Registry1790000000050 } from './0050-registry.js';
import { Search1790000000051 } from './0051-search.js';
import { Harvest1790000000052 } from './0052-harvest.js';
import { Profiles1790000000053 } from './0053-profiles.js';
import { Invitations1790000000054 } from './0054-invitations.js';
import { ServiceAccounts1790000000055 } from './0055-service-accounts.js';
import { Teams1790000000056 } from './0056-teams.js';
import { SavedQueries1790000000059 } from './0059-saved-queries.js';

/** Every migration, in order. A list, not a glob: what runs is what was read. */
export const migrations = [
  Audit1790000000001,
  SigningKeys1790000000002,
  Policy1790000000003,
  Sessions1790000000004,
  Organisations1790000000005,
  StoresAndCatalogue1790000000006,
  Agreements1790000000007,
  Requests1790000000008,
  Grants1790000000009,
  AgreementTerms1790000000010,
  AgreementVersions1790000000011,
  RemindersAndDeputies1790000000012,
  ClosureAndRequests1790000000013,
  Forms1790000000014,
  DueDates1790000000015,
  Notices1790000000016,
  Guardrails1790000000017,
  DecisionReplay1790000000018,
  RoleEnds1790000000019,
  Supervision1790000000020,
  SessionProbes1790000000022,
  Feeds1790000000023,
  DecisionsOfAgreements1790000000024,
  UsedProofs1790000000025,
  PersonalTokens1790000000026,
  KeyRotation1790000000027,
  StoreClients1790000000028,
  FeedGrants1790000000029,
  StoreProbes1790000000030,
  Ends1790000000031,
  Erasure1790000000032,
  Review1790000000033,
  AuditExports1790000000034,
  Log1790000000036,
  AccessLogs1790000000035,
  Expiries1790000000041,
  Alerts1790000000042,
  ErasuresByTime1790000000043,
  LogGrowth1790000000044,
  AuditSpeed1790000000045,
  AlertDigests1790000000046,
  AcceptedDifferences1790000000047,
  Registry1790000000050,
  Search1790000000051,
  Harvest1790000000052,
  Profiles1790000000053,
  Invitations1790000000054,
  ServiceAccounts1790000000055,
  Teams1790000000056,
  SavedQueries1790000000059,
];
