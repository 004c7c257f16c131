public import ArgumentParser
public import LinearAlgebra
public import MusicSearch
public import TrackCatalogue
public import Vocabulary

// Enumerations of the library that are options here, by their raw values.
extension CorpusFormat: ExpressibleByArgument {}
extension PlaylistFormat: ExpressibleByArgument {}
extension Facet: ExpressibleByArgument {}
extension Precision: ExpressibleByArgument {}
extension Product.Precision: ExpressibleByArgument {}
