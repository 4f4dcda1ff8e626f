export type { PolicyRule, RuleKey } from './engine/snapshot.js';
