import { Global, Module } from '@nestjs/common';
import { Config } from '../config/config.js';
import { openFolder } from '../platform/object-folder/open-folder.js';
import { KeyRecorder } from '../platform/signing/key-recorder.js';
import { AuditService } from './audit.service.js';
import { KeyEvents } from './key-events.js';
import { LogHealth } from './log-health.service.js';
import { LogApi } from './log.api.js';
import { TileStore } from './publisher/tile-store.js';
import { Receipts } from './receipts.service.js';

/** Global: every slice that changes anything records it. */
@Global()
@Module({
  controllers: [LogApi],
  providers: [
    AuditService,
    { provide: KeyRecorder, useClass: KeyEvents },
    {
      provide: TileStore,
      inject: [Config],
      useFactory: (config: Config) => new TileStore(openFolder(config.log.tiles, config)),
    },
    Receipts,
    LogHealth,
  ],
  exports: [AuditService, KeyRecorder, Receipts, LogHealth],
})
export class AuditModule {}
