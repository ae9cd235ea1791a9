import type { TaskInfo } from '../protocol.js';
import type { GroupName } from '../address.js';

interface GroupsProps {
  readonly group: GroupName;
  readonly a: readonly TaskInfo[];
  readonly b: readonly TaskInfo[];
  readonly onGroup: (group: GroupName) => void;
  readonly onClear: () => void;
}

/** Selects the group to which clicks add tasks. */
export function Groups({ group, a, b, onGroup, onClear }: GroupsProps) {
  const button = (name: GroupName, count: number) => (
    <button
      type="button"
      data-group={name}
      aria-pressed={group === name}
      aria-label={`${name.toUpperCase()} ${count}: select into this group`}
      onClick={() => {
        onGroup(name);
      }}
    >
      {name.toUpperCase()} <span class="small">{count}</span>
    </button>
  );
  return (
    <div class="tools groups" role="group" aria-label="Group to select into">
      {button('a', a.length)}
      {button('b', b.length)}
      <button type="button" onClick={onClear}>
        clear
      </button>
    </div>
  );
}
