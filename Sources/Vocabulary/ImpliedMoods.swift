/// What descriptors that are no moods say about a track's mood: metal is seldom calm.
///
/// A track's place in the valence–arousal plane is the base and the changes of all that it has, itself or by narrower ones, each by its weight. The table
/// `implied-moods.tsv` was learnt from the starter corpus (`descant vocab implied`).
public struct ImpliedMoods: Sendable {
    public struct Change: Hashable, Sendable {
        public var valence: Double
        public var arousal: Double

        public init(valence: Double, arousal: Double) { (self.valence, self.arousal) = (valence, arousal) }
    }

    /// Where a track lies of which nothing is known.
    public var base: Change
    public var changes: [DescriptorID: Change]

    public init(base: Change, changes: [DescriptorID: Change]) { (self.base, self.changes) = (base, changes) }

    /// The row of the base.
    static let baseName = "*"
}
