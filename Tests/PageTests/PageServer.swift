import Foundation
import ServiceFixtures

/// The server whose page is tested, and what its library has.
enum PageServer {
    /// Whether these tests were asked for: `bin/test --page` installs a browser and says so.
    static let isWanted = ProcessInfo.processInfo.environment["DESCANT_PAGE_TESTS"] == "1"

    /// Without a slash at the end. `DESCANT_PAGE_URL` names another server, for one that is looked at by hand.
    static let address: String? =
        ProcessInfo.processInfo.environment["DESCANT_PAGE_URL"].map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
        ?? (isWanted ? "http://127.0.0.1:\(LiveServer.shared.port)" : nil)
    /// A request of two descriptors that the library has hits and facets for, as it is typed, and what it is read as.
    static let request = "sad piano"
    static let descriptors = ["mood:sad", "instrument:piano"]
    /// A request whose first hits have a file to play.
    static let playable = "piano"
}
