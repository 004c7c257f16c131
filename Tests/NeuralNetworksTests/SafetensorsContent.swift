import Foundation
import NeuralNetworks
import Storage

/// Builds files byte by byte, right and wrong ones.
enum SafetensorsContent {
    /// Written by the Python package safetensors 0.8.0 (`safetensors.numpy.save`): eight tensors, one of each common type, a scalar and an empty one.
    static let recorded = [UInt8](
        Data(
            base64Encoded:
                "+AEAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJub3RlIjoiw6kgXCJ4XCJcbiJ9LCJpZHMiOnsiZHR5cGUiOiJJNjQiLCJzaGFwZSI6WzJdLCJkYXRhX29mZnNldHMiOlswLDE2XX0s"
                + "ImQiOnsiZHR5cGUiOiJGNjQiLCJzaGFwZSI6W10sImRhdGFfb2Zmc2V0cyI6WzE2LDI0XX0sImEud2VpZ2h0Ijp7ImR0eXBlIjoiRjMyIiwic2hhcGUiOlsyLDNdLCJkYXRhX29m"
                + "ZnNldHMiOlsyNCw0OF19LCJub25lIjp7ImR0eXBlIjoiRjMyIiwic2hhcGUiOlswLDRdLCJkYXRhX29mZnNldHMiOls0OCw0OF19LCJiIjp7ImR0eXBlIjoiQkYxNiIsInNoYXBl"
                + "IjpbMl0sImRhdGFfb2Zmc2V0cyI6WzQ4LDUyXX0sImEuYmlhcyI6eyJkdHlwZSI6IkYxNiIsInNoYXBlIjpbMl0sImRhdGFfb2Zmc2V0cyI6WzUyLDU2XX0sInEiOnsiZHR5cGUi"
                + "OiJJOCIsInNoYXBlIjpbMSwzXSwiZGF0YV9vZmZzZXRzIjpbNTYsNTldfSwibSI6eyJkdHlwZSI6IkJPT0wiLCJzaGFwZSI6WzJdLCJkYXRhX29mZnNldHMiOls1OSw2MV19fSAg"
                + "ICABAAAAAAAAAAAAAAAAAQAA/Knx0k1iUD8AAIA/AAAgwAAAQEAAAAAAYEKiDQDgf0dJQErxADgAtIB/AAEA")!)

    static func bytes(header: String, data: [UInt8] = []) -> [UInt8] { bytes(header: Array(header.utf8), data: data) }

    static func bytes(header: [UInt8], data: [UInt8] = []) -> [UInt8] {
        withUnsafeBytes(of: UInt64(header.count).littleEndian, Array.init) + header + data
    }

    static func file(_ content: [UInt8]) throws(FileError) -> SafetensorsFile { try SafetensorsFile(MappedFile(content: content, named: "weights")) }

    /// One tensor `a` whose elements have these bits.
    static func file<Bits: BitwiseCopyable>(type: String, _ bits: [Bits]) throws(FileError) -> SafetensorsFile {
        let data = bits.withUnsafeBytes(Array.init)
        return try file(bytes(header: #"{"a":{"dtype":"\#(type)","shape":[\#(bits.count)],"data_offsets":[0,\#(data.count)]}}"#, data: data))
    }
}
