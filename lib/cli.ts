/**
 * Command lines: options, help, errors, exit codes, output and signals. A tool
 * is a {@linkcode Tool} value and a main function, put together by
 * {@linkcode runTool}.
 *
 * @module
 */

export {
  EXIT,
  ToolError,
  UsageError,
  type UsageErrorOptions,
} from "./cli/errors.ts";
export { helpText } from "./cli/help.ts";
export {
  type Stream,
  streamError,
  writeErr,
  writeOut,
  writeText,
} from "./cli/output.ts";
export { type OptionTexts, type Parsed, parseOptions } from "./cli/parse.ts";
export {
  errorLine,
  errorLines,
  exitCodeOf,
  runTool,
  type ToolStreams,
} from "./cli/run.ts";
export {
  type SignalSource,
  type StopSignalOptions,
  type StopSignals,
  stopSignals,
} from "./cli/signals.ts";
export {
  defineTool,
  type Form,
  type FormsType,
  type FormType,
  type IntegerType,
  type OptionSpec,
  type OptionTable,
  type OptionText,
  type OptionType,
  type OptionValue,
  type OptionValues,
  type PortRange,
  type SecondsType,
  STANDARD_OPTIONS,
  type StandardValues,
  type Tool,
  type WithoutDefault,
} from "./cli/tool.ts";
