import { Module, type OnModuleInit } from '@nestjs/common';
import { principalOf } from '../identity/caller.decorator.js';
import { IdentityModule } from '../identity/identity.module.js';
import { Views } from '../platform/web/views.js';
import { accountOf } from './account.js';
import { navigationFor } from './navigation.js';
import { HomePages } from './home.pages.js';
import { HomeRepository } from './home.repository.js';
import { HomeService } from './home.service.js';

/** The pages that belong to no slice. */
@Module({
  imports: [IdentityModule],
  controllers: [HomePages],
  providers: [HomeService, HomeRepository],
})
export class ConsoleModule implements OnModuleInit {
  constructor(private readonly views: Views) {}

  onModuleInit(): void {
    this.views.headPagesBy((request) => {
      const principal = principalOf(request);
      return {
        account: principal && accountOf(principal),
        navigation: navigationFor(principal, request.path),
      };
    });
  }
}
