import { Module } from '@nestjs/common';
import { IdentityModule } from './identity.module.js';
import { PersonalTokenPages } from './tokens/personal-tokens.pages.js';

/** The console's pages of the slice: they need the web, which programs that only decide and do have not. */
@Module({ imports: [IdentityModule], controllers: [PersonalTokenPages] })
export class IdentityPagesModule {}
