import { OperationLogSchema } from '#database/schema'

/** PNL-08: what customers did, kept for a year; never what they typed. */
export default class OperationLog extends OperationLogSchema {}
