// The program's entry: arguments in, exit code out.
import CSys
import Commands
import Glibc

// A reader that goes away (`bellows tasks | head`) ends the output, not a core in this process.
cs_ignore_sigpipe()
cs_keep_heap_small()
exit(CommandLineTool.run(Array(CommandLine.arguments.dropFirst()), in: .ofThisProcess()))
