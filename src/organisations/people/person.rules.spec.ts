import { refusalOf } from '../../../test/support/refusal-of.js';
import { movePerson, type PersonMove, type PersonStatus } from './person.rules.js';

describe('the status of a person', () => {
  it.each<{ from: PersonStatus; move: PersonMove; to: string }>([
    { from: 'active', move: 'suspend', to: 'suspended' },
    { from: 'active', move: 'resume', to: 'refused' },
    { from: 'suspended', move: 'suspend', to: 'refused' },
    { from: 'suspended', move: 'resume', to: 'active' },
    { from: 'erased', move: 'suspend', to: 'refused' },
    { from: 'erased', move: 'resume', to: 'refused' },
  ])('$from + $move → $to', ({ from, move, to }) => {
    const moving = (): string => movePerson(from, move);
    if (to === 'refused') {
      expect(refusalOf(moving)).toBe('transition_not_allowed');
    } else {
      expect(moving()).toBe(to);
    }
  });
});
