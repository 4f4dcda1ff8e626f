import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import type { Config } from './config/config.js';
import { configureApp, HTTP_APP_OPTIONS } from './platform/web/http-app.js';

/** `concordat serve`: answers HTTP until it is told to stop. */
export async function serve(config: Config): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(
    AppModule.with(config),
    HTTP_APP_OPTIONS,
  );
  configureApp(app, config);
  await app.listen(config.port, config.host);
  return app;
}
