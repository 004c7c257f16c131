import ArgumentParser

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measure quality and speed.",
        subcommands: [
            BenchDescriptors.self, BenchTags.self, BenchPlanner.self, BenchLatency.self, BenchEncode.self, BenchVectors.self, BenchTraining.self,
            BenchReport.self, BenchAudio.self, BenchMood.self, BenchConversations.self,
            BenchMemory.self,
        ])
}
