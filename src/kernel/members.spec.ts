import { changedMembers, mergeMembers } from './members.js';

describe('changing members', () => {
  const before = { title: 'Old', parts: [{ name: 'a' }], limit: 1 };

  it('takes new values whole, takes out what is null, and leaves the rest', () => {
    const changes = { title: 'New', limit: null, parts: [{ name: 'b' }] };
    expect(mergeMembers(before, changes)).toEqual({ title: 'New', parts: [{ name: 'b' }] });
    expect(before.title).toBe('Old');
  });

  it('is not deceived by a name that every object has', () => {
    const changes = JSON.parse('{"__proto__": {"limit": 9}}') as Record<string, unknown>;
    const merged = mergeMembers({}, changes);
    expect(Object.getPrototypeOf(merged)).toBe(Object.prototype);
    expect(Object.keys(merged)).toEqual(['__proto__']);
  });

  it('names what differs by pointer, whatever order its members stand in', () => {
    const after = { parts: [{ name: 'a' }], title: 'Old', 'a/b~': true };
    expect(changedMembers(before, after)).toEqual(['/limit', '/a~1b~0']);
  });
});
