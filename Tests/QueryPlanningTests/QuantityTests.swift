import Testing

@testable import QueryPlanning

@Suite struct QuantityTests {
    @Test(arguments: [
        Case("80s", #"want era:1980s 0.75 "80s" binds"#),
        Case("'80s", #"want era:1980s 0.75 "'80s" binds"#),
        Case("80's pop", #"want era:1980s 0.75 "80's" binds"#, #"want genre:pop 0.75 "pop" binds"#),
        Case("nineteen eighties", #"want era:1980s 0.75 "nineteen eighties" binds"#),
        Case("music from the 1980s", #"want era:1980s 0.75 "1980s" binds"#),
        Case("the 60s, 70s", #"want era:1960s 0.75 "60s" binds either 1"#, #"want era:1970s 0.75 "70s" binds either 1"#),
    ]) func aPlainDecadeIsADescriptor(_ request: Case) {
        #expect(rows(request.text) == request.rows)
    }

    @Test(arguments: [
        Case("1994–1997", #"filter years 1994–1997 "1994–1997""#),
        Case("1994-1997 hip hop", #"want genre:hiphop 0.75 "hip hop" binds"#, #"filter years 1994–1997 "1994-1997""#),
        Case("between 1970 and 1975", #"filter years 1970–1975 "between 1970 and 1975""#),
        Case("from 1997 to 1994", #"filter years 1994–1997 "from 1997 to 1994""#),
        Case("60s to 70s", #"filter years 1960–1979 "60s to 70s""#),
        Case("late sixties soul", #"want genre:soul 0.75 "soul" binds"#, #"filter years 1966–1969 "late sixties""#),
        Case("early to mid 90s", #"filter years 1990–1996 "early to mid 90s""#),
        Case("1994", #"filter years 1994 "1994""#),
        Case("before 1960", #"filter years up to 1959 "before 1960""#),
        Case("after 1999", #"filter years from 2000 "after 1999""#),
        Case("since 2010", #"filter years from 2010 "since 2010""#),
        Case("1985 onwards", #"filter years from 1985 "1985 onwards""#),
        Case("1985+", #"filter years from 1985 "1985+""#),
    ]) func yearsAreAFilter(_ request: Case) {
        #expect(rows(request.text) == request.rows)
    }

    @Test(arguments: [
        Case("120 bpm", #"filter tempo 114–126 bpm "120 bpm""#),
        Case("128bpm techno", #"want genre:techno 0.75 "techno" binds"#, #"filter tempo 121.6–134.4 bpm "128bpm""#),
        Case("around 100 bpm", #"filter tempo 95–105 bpm "around 100 bpm""#),
        Case("100 beats per minute", #"filter tempo 95–105 bpm "100 beats per minute""#),
        Case("90-110 bpm", #"filter tempo 90–110 bpm "90-110 bpm""#),
        Case("between 90 and 110 bpm", #"filter tempo 90–110 bpm "between 90 and 110 bpm""#),
        Case("under 90 bpm", #"filter tempo up to 90 bpm "under 90 bpm""#),
        Case("over 140 bpm", #"filter tempo from 140 bpm "over 140 bpm""#),
    ]) func beatsPerMinuteAreAFilter(_ request: Case) {
        #expect(rows(request.text) == request.rows)
    }

    @Test(arguments: [
        Case("in C# minor", "filter key c#minor"), Case("C♯ minor", "filter key c#minor"), Case("f sharp minor", "filter key f#minor"),
        Case("Bb major", "filter key bbmajor"), Case("Eb maj", "filter key ebmajor"), Case("A minor", "filter key aminor"),
        Case("in 3/4", "filter metre 3/4"), Case("6/8", "filter metre 6/8"),
        Case("3/5", #"left "3""#, #"left "5""#),
    ]) func keyAndMetreAreFilters(_ request: Case) {
        #expect(rows(request.text) == request.rows)
    }

    @Test(arguments: [
        Case("under 3 minutes", #"filter duration up to 180 s "under 3 minutes""#),
        Case("at least 10 minutes long", #"filter duration from 600 s "at least 10 minutes long""#),
        Case("10-minute ambient", #"want genre:ambient 0.75 "ambient" binds"#, #"filter duration 510–690 s "10-minute""#),
        Case("30 seconds", #"filter duration 25.5–34.5 s "30 seconds""#),
        Case("2 hours", #"filter duration 6120–8280 s "2 hours""#),
    ]) func durationIsAFilter(_ request: Case) {
        #expect(rows(request.text) == request.rows)
    }

    @Test(arguments: [
        Case("5 upbeat songs", #"want mood:upbeat 0.75 "upbeat""#, "count 5"),
        Case("top 10 punk", #"want genre:punk 0.75 "punk" binds"#, "count 10"),
        Case("twenty jazz tracks", #"want genre:jazz 0.75 "jazz" binds"#, "count 20"),
        Case("give me three songs", "count 3"),
        Case("1 song", "count 1"),
        Case("one song", "nothing understood"),
    ]) func aNumberOfSongsIsACount(_ request: Case) {
        #expect(rows(request.text) == request.rows)
    }

    @Test func everythingAtOnce() {
        #expect(
            rows("10 happy 80s songs in A minor, 120 bpm, under 4 minutes, 4/4") == [
                #"want mood:happy 0.75 "happy""#, #"want era:1980s 0.75 "80s" binds"#, #"filter tempo 114–126 bpm "120 bpm""#,
                #"filter duration up to 240 s "under 4 minutes""#, "filter key aminor", "filter metre 4/4", "count 10",
            ])
    }
}
