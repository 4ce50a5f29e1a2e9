// How the stream is looked at: tab, priority, text, opened groups; shared by the bar, the panel and the keys.
import type { AlarmPriority } from '../../../model/alarm.ts';
import type { StreamFilter } from './stream-entries.ts';

class StreamView {
  filter = $state<StreamFilter>('all');
  priority = $state<AlarmPriority | undefined>();
  text = $state('');
  openGroups = $state.raw<ReadonlySet<string>>(new Set());

  choose(filter: StreamFilter): void {
    this.filter = filter;
    this.priority = undefined;
  }

  /** Only the alarms of a priority; all again when it is chosen twice. */
  togglePriority(priority: AlarmPriority): void {
    const again = this.priority === priority;
    this.priority = again ? undefined : priority;
    this.filter = again ? 'all' : 'alarms';
  }

  toggleGroup(key: string): void {
    const open = new Set(this.openGroups);
    if (!open.delete(key)) open.add(key);
    this.openGroups = open;
  }
}

export const streamView = new StreamView();
