import Testing
import TextAnalysis

@Suite struct MusicalKeyTests {
    @Test(arguments: [
        ("c#minor", "C♯ minor"), ("C♯ minor", "C♯ minor"), ("Db min", "C♯ minor"), ("bbmajor", "B♭ major"), ("A# major", "B♭ major"), ("E♭ major", "E♭ major"),
        ("aminor", "A minor"), ("am", "A minor"), ("F sharp minor", "F♯ minor"), ("Cb major", "B major"), ("b minor", "B minor"), ("g", "G major"),
        ("CM", "C major"), ("Cm", "C minor"), ("C-sharp minor", "C♯ minor"),
    ])
    func keysAreReadHoweverTheyAreWritten(text: String, expected: String) {
        #expect(MusicalKey(text)?.description == expected)
    }

    @Test(arguments: ["", "h minor", "c# lydian", "123", "minor", "c##major#"]) func otherTextIsNoKey(text: String) { #expect(MusicalKey(text) == nil) }

    @Test func everyNumberReadsBackFromItsName() {
        for number in 0..<24 { #expect(MusicalKey(number: number).flatMap { MusicalKey($0.description) }?.number == number) }
        #expect(MusicalKey(number: -1) == nil && MusicalKey(number: 24) == nil)
    }
}
