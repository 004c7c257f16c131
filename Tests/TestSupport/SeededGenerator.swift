// Tests draw from the project's own generator: a failing seed can be run again on every machine.
@_exported public import struct LinearAlgebra.SeededGenerator
