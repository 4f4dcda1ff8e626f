import { EVENT_COLUMNS } from '../../exports/formats/event-columns.js';
import type { Columns } from '../../exports/formats/table.js';
import type { ChangeView } from './version-changes.service.js';

export const CHANGE_COLUMNS: Columns<ChangeView> = {
  ...EVENT_COLUMNS,
  amends: ({ versionChanges }) => versionChanges?.from,
  versionChanges: ({ versionChanges }) => versionChanges?.changes,
};
