#if canImport(FoundationEssentials)
    import Glibc
#else
    import Foundation
#endif

/// The learning rate of each step: a rise over the first ones, then a fall.
///
/// ```swift
/// let schedule = LearningRateSchedule(peak: 1e-4, warmUp: 30, steps: 600, fall: .linear)
/// let rate = schedule.rate(at: 1)      // the first step's
/// ```
public struct LearningRateSchedule: Hashable, Sendable {
    public enum Fall: String, Hashable, Sendable, Codable, CaseIterable {
        case constant
        /// To 0 after the last step.
        case linear
        /// Half a cosine to 0 (Loshchilov & Hutter 2017, arXiv 1608.03983).
        case cosine
    }

    public var peak: Float
    /// Steps until the peak is reached, from nothing.
    public var warmUp: Int
    /// Steps in all.
    public var steps: Int
    public var fall: Fall

    public init(peak: Float, warmUp: Int, steps: Int, fall: Fall = .linear) {
        precondition(peak >= 0 && warmUp >= 0 && steps >= 1, "a peak of \(peak), \(warmUp) steps of warm-up, \(steps) in all")
        self.peak = peak
        self.warmUp = warmUp
        self.steps = steps
        self.fall = fall
    }

    /// - Parameter step: 1 … steps; beyond, the rate of the end.
    public func rate(at step: Int) -> Float {
        if step <= warmUp { return peak * Float(step) / Float(warmUp) }
        let done = min(1, Float(step - warmUp - 1) / Float(max(1, steps - warmUp)))
        return switch fall {
        case .constant: peak
        case .linear: peak * (1 - done)
        case .cosine: peak * (1 + cosf(.pi * done)) / 2
        }
    }
}
