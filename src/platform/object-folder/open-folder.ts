import { fileURLToPath } from 'node:url';
import { FileFolder } from './file-folder.js';
import type { ObjectFolder } from './object-folder.js';

/** Opens a place that the configuration names: `file:///var/lib/concordat/log`. */
export function openFolder(location: string): ObjectFolder {
  return new FileFolder(fileURLToPath(location));
}
