#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Triangular filters on the mel scale of Slaney's Auditory Toolbox, each of area 1 over its frequencies: librosa's default.
///
/// Source: M. Slaney 1998, *Auditory Toolbox*, Interval Research TR 1998-010: linear to 1 kHz, 200/3 Hz a step, and logarithmic above, 27 steps to 6.4 times as much.
enum MelScale {
    private static let linearStep = 200.0 / 3
    private static let breakFrequency = 1000.0
    private static let logarithmicStep = log(6.4) / 27

    static func mel(_ frequency: Double) -> Double {
        frequency < breakFrequency ? frequency / linearStep : breakFrequency / linearStep + log(frequency / breakFrequency) / logarithmicStep
    }

    static func frequency(_ mel: Double) -> Double {
        let start = breakFrequency / linearStep
        return mel < start ? mel * linearStep : breakFrequency * exp((mel - start) * logarithmicStep)
    }

    /// Weights [bands][bins] of the bins 0, rate / window, … rate / 2, for bands from 0 to rate / 2.
    static func filters(bands: Int, window: Int, rate: Int) -> [Float] {
        let bins = window / 2 + 1
        let top = mel(Double(rate) / 2)
        let edges = (0..<bands + 2).map { frequency(top * Double($0) / Double(bands + 1)) }
        var weights = [Float](repeating: 0, count: bands * bins)
        for band in 0..<bands {
            let (low, centre, high) = (edges[band], edges[band + 1], edges[band + 2])
            for bin in 0..<bins {
                let frequency = Double(bin) * Double(rate) / Double(window)
                let height = min((frequency - low) / (centre - low), (high - frequency) / (high - centre))
                if height > 0 { weights[band * bins + bin] = Float(height * 2 / (high - low)) }
            }
        }
        return weights
    }
}
