import { Global, Module } from '@nestjs/common';
import { AccessDeclarations } from './access-declarations.js';
import { OpenApiApi } from './openapi.api.js';
import { OpenApi } from './openapi.js';
import { ConfirmPages } from './pages/confirm-pages.js';
import { PageForms } from './pages/page-forms.js';
import { PageTokens } from './page-tokens.js';
import { SessionStore } from './session-store.js';
import { Views } from './views.js';

/** What every HTTP process has; `configureApp` puts it to work. */
@Global()
@Module({
  controllers: [OpenApiApi],
  providers: [
    AccessDeclarations,
    OpenApi,
    ConfirmPages,
    PageForms,
    PageTokens,
    SessionStore,
    Views,
  ],
  exports: [AccessDeclarations, OpenApi, ConfirmPages, PageForms, PageTokens, SessionStore, Views],
})
export class WebModule {}
