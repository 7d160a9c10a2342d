import { TaskLogSchema } from '#database/schema'

export type TaskLogLevel = 'info' | 'warn' | 'error'

/** One line that a task wrote for staff while it ran. */
export default class TaskLog extends TaskLogSchema {
  static table = 'task_logs'

  declare level: TaskLogLevel
}
