import MusicSearch
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Counts and times of the service, in OpenMetrics text.
public final class Metrics: Sendable {
    private struct Series {
        var statuses: [Int: Int] = [:]
        /// By bucket, not summed up.
        var durations = [Int](repeating: 0, count: Metrics.bounds.count + 1)
        var seconds = 0.0
        var count = 0

        mutating func add(_ status: Int, _ bucket: Int, _ seconds: Double) {
            statuses[status, default: 0] += 1
            durations[bucket] += 1
            self.seconds += seconds
            count += 1
        }
    }

    /// Upper bounds of the buckets, in seconds.
    private static let bounds = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1]
    private let series = Mutex<[String: Series]>([:])
    private let gauges = Mutex<[String: @Sendable () -> Int]>([:])

    func count(_ operation: String, _ status: Int, _ duration: Duration) {
        let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
        let bucket = Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count
        series.withLock { $0[operation, default: Series()].add(status, bucket, seconds) }
    }

    /// A number that is asked for when metrics are: connections, requests under way.
    public func gauge(_ name: String, _ value: @escaping @Sendable () -> Int) { gauges.withLock { $0[name] = value } }

    func text(_ library: Library) -> String {
        let all = series.withLock { $0 }.sorted { $0.key < $1.key }
        var lines = ["# TYPE descant_requests counter", "# HELP descant_requests Requests answered, by operation and status."]
        for (operation, series) in all {
            for (status, count) in series.statuses.sorted(by: { $0.key < $1.key }) {
                lines.append("descant_requests_total{operation=\"\(operation)\",status=\"\(status)\"} \(count)")
            }
        }
        lines += ["# TYPE descant_request_duration_seconds histogram", "# UNIT descant_request_duration_seconds seconds"]
        for (operation, series) in all {
            var sum = 0
            for (i, count) in series.durations.enumerated() {
                sum += count
                let bound = i < Self.bounds.count ? "\(Self.bounds[i])" : "+Inf"
                lines.append("descant_request_duration_seconds_bucket{operation=\"\(operation)\",le=\"\(bound)\"} \(sum)")
            }
            lines.append("descant_request_duration_seconds_count{operation=\"\(operation)\"} \(series.count)")
            lines.append("descant_request_duration_seconds_sum{operation=\"\(operation)\"} \(series.seconds)")
        }
        for (name, value) in gauges.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
            lines += ["# TYPE descant_\(name) gauge", "descant_\(name) \(value())"]
        }
        lines += ["# TYPE descant_library_tracks gauge", "descant_library_tracks \(library.tracks.count)"]
        lines += ["# TYPE descant_library_generation gauge", "descant_library_generation \(library.manifest.generation)"]
        if let bytes = Self.residentMemory {
            lines += ["# TYPE process_resident_memory_bytes gauge", "# UNIT process_resident_memory_bytes bytes", "process_resident_memory_bytes \(bytes)"]
        }
        lines += ["# TYPE descant_build info", "descant_build_info{version=\"\(descantVersion)\"} 1", "# EOF"]
        return lines.joined(separator: "\n") + "\n"
    }

    private static var residentMemory: Int? {
        guard let data = FileManager.default.contents(atPath: "/proc/self/status") else { return nil }
        for line in String(decoding: data, as: UTF8.self).split(separator: "\n") where line.hasPrefix("VmRSS:") {
            return line.split(separator: " ").compactMap { Int($0) }.first.map { $0 * 1024 }
        }
        return nil
    }
}
