import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/identity.module.js';
import { StoreActPages } from './pages/store-acts.pages.js';
import { StoreClientPages } from './pages/store-clients.pages.js';
import { StorePages } from './pages/stores.pages.js';
import { StoresModule } from './stores.module.js';

/** The console's pages of the slice. */
@Module({
  imports: [IdentityModule, StoresModule],
  controllers: [StorePages, StoreActPages, StoreClientPages],
})
export class StoresPagesModule {}
