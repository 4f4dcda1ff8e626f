import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { GrantsModule } from '../grants/grants.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { MailModule } from '../platform/mail/mail.module.js';
import { RequestsModule } from '../requests/requests.module.js';
import { StoresModule } from '../stores/stores.module.js';
import { DeliveryDecision } from './access/delivery-decision.js';
import { DeliveryGrantsRepository } from './access/delivery-grants.repository.js';
import { DeliveryRecord } from './access/delivery-record.js';
import { FirstUse } from './access/first-use.js';
import { GrantAccess } from './access/grant-access.service.js';
import { GrantTokenCallers } from './access/grant-token-callers.js';
import { GrantUse } from './access/grant-use.service.js';
import { GrantObjectsPages } from './browsing/grant-objects.pages.js';
import { DeliveryApi } from './delivery.api.js';
import { DeliveryPages } from './delivery.pages.js';
import { FeedApi } from './feeds/feed.api.js';
import { FeedCursors } from './feeds/feed-cursors.js';
import { FeedEntriesRepository } from './feeds/feed-entries.repository.js';
import { FeedEvents } from './feeds/feed-events.service.js';
import { FeedHub } from './feeds/feed-hub.js';
import { FEED_LIMITS, FeedLimits } from './feeds/feed-limits.js';
import { FeedPull } from './feeds/feed-pull.service.js';
import { GrantListener } from './live/grant-listener.js';
import { LeaseRenewal } from './live/lease-renewal.js';
import { LiveStreams } from './live/live-streams.js';
import { LiveWatch } from './live/live-watch.js';
import { GrantObjects } from './manifest/grant-objects.js';
import { ManifestRepository } from './manifest/manifest.repository.js';
import { ObjectLines } from './manifest/object-lines.service.js';
import { ObjectList } from './manifest/object-list.service.js';
import { ObjectReading } from './object-reading.service.js';
import { LOG_LIMITS, LogLimits } from './observed/log-limits.js';
import { LogPositionsRepository } from './observed/log-positions.repository.js';
import { LogReading } from './observed/log-reading.service.js';
import { LogSweep } from './observed/log-sweep.service.js';
import { ObservedReadsRepository } from './observed/observed-reads.repository.js';
import { ReadJudging } from './observed/read-judging.service.js';
import { ReadTelling } from './observed/read-telling.service.js';
import { UnmatchedMail } from './observed/unmatched-mail.js';
import { UrlIssuing } from './presign/url-issuing.service.js';
import { CredentialIssuing } from './sts/credential-issuing.service.js';
import { LostStreams } from './stream/lost-streams.service.js';
import { ObjectStreams } from './stream/object-stream.service.js';
import { OpenStreamsRepository } from './stream/open-streams.repository.js';
import { StreamEnding } from './stream/stream-ending.service.js';
import { STREAM_LIMITS, StreamLimits } from './stream/stream-limits.js';
import { StreamOpening } from './stream/stream-opening.service.js';

const ACCESS = [
  DeliveryDecision,
  DeliveryGrantsRepository,
  DeliveryRecord,
  FirstUse,
  GrantAccess,
  GrantTokenCallers,
  GrantUse,
];
const LIVE = [GrantListener, LeaseRenewal, LiveStreams, LiveWatch];
const STREAM = [
  LostStreams,
  ObjectStreams,
  OpenStreamsRepository,
  StreamEnding,
  StreamOpening,
  { provide: StreamLimits, useValue: STREAM_LIMITS },
];

const FEEDS = [
  FeedCursors,
  FeedEntriesRepository,
  FeedEvents,
  FeedHub,
  FeedPull,
  { provide: FeedLimits, useValue: FEED_LIMITS },
];

const OBSERVED = [
  LogPositionsRepository,
  LogReading,
  LogSweep,
  ObservedReadsRepository,
  ReadJudging,
  ReadTelling,
  UnmatchedMail,
  { provide: LogLimits, useValue: LOG_LIMITS },
];

@Module({
  imports: [AuditModule, GrantsModule, IdentityModule, MailModule, RequestsModule, StoresModule],
  controllers: [DeliveryApi, DeliveryPages, GrantObjectsPages, FeedApi],
  providers: [
    ...ACCESS,
    ...LIVE,
    ...STREAM,
    ...FEEDS,
    ...OBSERVED,
    GrantObjects,
    ManifestRepository,
    ObjectLines,
    ObjectList,
    ObjectReading,
    UrlIssuing,
    CredentialIssuing,
  ],
  exports: [LostStreams, LogSweep],
})
export class DeliveryModule {}
