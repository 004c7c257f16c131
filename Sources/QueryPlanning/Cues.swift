/// The words by which requests are steered: what they negate, grade, compare, count. Multi-word cues are written as they are tokenised, without apostrophes.
enum Cues {
    // MARK: Polarity

    /// What follows is unwanted, until a boundary.
    static let negations = PhraseSet(
        """
        no; not; without; w o; minus; except; except for; excluding; exclude; avoid; avoiding; anything but; everything but; everything except;
        anything except; non; hold the; free of; dont want; do not want; dont like; do not like; hate; dislike; sans; isnt; arent; is not; are not;
        doesnt have; dont have; does not have; do not have; not have; lacking; lack of; rather than; instead of; never; nothing; none of; skip the; leave out;
        no more; sick of; tired of; cant stand; not any; not a; nothing with; stay away from; neither; aint; ain t; wasnt
        """)

    /// Look like negations and are none.
    static let falseNegations = PhraseSet(
        "not only; not just; nothing but; no matter; not necessarily; not sure; no idea; no problem; dont mind; do not mind; why not; whether or not; or not; not to mention; not long ago; i dont know; dont know; no clue; not bad; if not; no specific; no particular; no preference; not really sure; no one; nothing beats; no wave; non stop; non english; nonstop"
    )

    /// Turn a negation that follows or precedes them around: "not without drums".
    static let boundaries: Set<String> = [
        "but", "|", ",", ".", ";", "?", "!", "with", "just", "only", "instead", "however", "although", "please", "(", ")", "like", "preferably", "plus",
        "yet", "though", "featuring", "more", "very",
    ]

    // MARK: Degree

    static let intensifiers = PhraseSet(
        "very; really; super; extremely; so; heavily; totally; incredibly; insanely; ultra; mega; highly; deeply; absolutely; intensely; hella; crazy; as possible; pure; purely; lots of; a lot of; tons of; plenty of; lot of; especially; full of; heavy on; strictly; definitely; must have; must be"
    )
    static let diminishers = PhraseSet(
        "slightly; a bit; bit; somewhat; a little; little; a little bit; mildly; a touch of; touch of; a hint of; hint of; kinda; kind of; sort of; sorta; fairly; a tad; tad; moderately; some; not too much; maybe; perhaps; possibly; preferably; ideally; a dash of; semi; lightly; mostly; rather; pretty"
    )
    /// "not too fast" asks for less, not for none.
    static let softeners = PhraseSet(
        "too; that; so; overly; very; really; super; extremely; as; particularly; all that; too much; much; excessively; necessarily")
    static let more = PhraseSet("more; even more; much more; way more; a bit more; a little more; slightly more; more of a; more like")
    static let less = PhraseSet("less; much less; way less; a bit less; a little less; slightly less; fewer; not as; not so; not quite as; not quite so")

    /// What talk about an answer is made of; it describes no music.
    static let talk: Set<String> = Set(
        """
        back keep keeping kept take taking took taken put puts putting bring bringing swap swapping replace replacing change changing switch switching forget
        forgetting cancel prefer preferred fine page pages tiny possible either neither earlier later instead results result them those these of it that this one
        ones enough too also again limit least first second third last next previous other another different turn turned turning move moved allow allowed
        restore returned return gone add added include included leave left drop dropped lose skip except meant mean read hear heard understand understood wrong right
        """.split(whereSeparator: { $0 == " " || $0 == "\n" }).map(String.init))
    /// "Too slow" asks for less of it, in talk about an answer.
    static let excess = PhraseSet(
        "too; too much; too many; way too; way too much; way too many; a bit too; a bit too much; a little too; far too; far too much; so much; so many")

    // MARK: Seeds

    static let like = PhraseSet(
        """
        like; similar to; similiar to; simular to; similar too; similar as; similarly to; such as; sounds like; sound like; sounding like; sounds similar to; sound similar to; reminiscent of;
        in the vein of; in the style of; in the spirit of; style of; a la; à la; reminds me of; remind me of; reminding me of; resembling; resemble; resembles; along the lines of; same vibe as;
        same vibes as; same style as; same feel as; vibes of; inspired by; for fans of; fans of; fan of; if i like; i love; i like; i enjoy; loving; enjoyed; comparable to; close to;
        akin to; as good as; same as; in the same vein as; influenced by; think of; e g; eg; ie; likes of; the likes of; similar vibe to; similar vibes to; similar feel to; similar sound to; similar style to; similar in style to; similar songs to; similar artists to; similar music to; similar bands to; similar tracks to; based on; compared to; comparable with; other than; besides; related to; obsessed with; im into; been listening to; listening to; listen to; something as; similar in tune to; similar in sound to; similar in feel to; similar in vibe to; similar artists as; similar songs as; similar artist to; similar song to; similar band to; similar stuff to; vibe of; feel of; sound of; mood of; likewise; similar artists like; similar songs like; similar songs; similar artists; similar music
        """)
    /// After these, the words are a feeling or a scene before they are a name: "feels like driving at night".
    static let feelsLike = PhraseSet(
        "feels like; feel like; feeling like; makes me feel like; make me feel like; feels as if; gives the feeling of; looks like; looking like; would like; would you like; id like; i would like; if you like"
    )
    static let unlike = PhraseSet("unlike; not like; nothing like; dont sound like; doesnt sound like; dissimilar to; different from")
    static let by = PhraseSet("by; performed by; written by; composed by; produced by; sung by; artist; from the band; from the artist; recorded by")
    /// A name ends here.
    static let nameStops: Set<String> = [
        "but", "with", "without", "that", "which", "who", "any", "please", "pls", "plz", "maybe", "preferably", "not", "no", "except", "where", "when", "while",
        "for",
        "suggestions", "suggestion", "recommendations", "recommendation", "recommend", "similar", "similiar", "thanks", "looking", "i", "im", "ive", "id",
        "something", "anything",
        "ideally", "because", "so", "especially", "also", "can", "could", "what", "whats", "help", "song", "songs", "music", "bands", "artists", "tracks",
        "tunes", "is", "are",
        "|", ".", "?", "!", ";", "(", ")", ":", "too", "as", "like", "than", "where", "since", "stuff", "his", "their", "her", "if", "know", "need", "want",
        "give", "more",
        "less", "suggest", "vibe", "vibes", "wise", "minus", "only", "have", "has", "had", "really", "specifically", "particularly", "in", "at", "starts",
        "begins", "version",
    ]
    static let nameSeparators: Set<String> = ["and", "or", ",", "&", "/", "by", "from", "+", "-", "vs", "x", "feat", "ft", "featuring", "nor"]
    /// Words before a name that are not part of it.
    static let nameLeads: Set<String> = [
        "the", "song", "songs", "band", "artist", "artists", "track", "album", "music", "a", "an", "this", "these", "that", "those", "some", "of", "stuff",
        "bands", "tracks",
        "early", "old", "older", "newer", "new", "late", "them", "it", "one", "ones", "other", "others", "my", "group", "singer", "rapper", "dj", "composer",
        "composers", "tunes", "works",
        "things", "type", "style", "sound", "sounds", "vibe", "what", "in", "to", "is", "are", "was", "intro", "beginning", "end", "and", "following", "list",
        "two", "three", "few", "same",
        "particular", "specific", "here", "first", "second", "beat", "from", "by", "video", "link", "below", "above", "attached", "playlist", "songs'", "on",
        "in",
    ]

    // MARK: Quantities

    static let countNouns: Set<String> = [
        "songs", "song", "tracks", "track", "tunes", "tune", "pieces", "piece", "recordings", "results", "titles", "numbers", "hits", "suggestions",
        "recommendations",
    ]
    static let numberWords: [String: Double] = [
        "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15,
        "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "hundred": 100, "dozen": 12,
    ]
    static let approximately = PhraseSet("around; about; roughly; approximately; approx; circa; ca; near; close to; ish; like; at")
    static let atMost = PhraseSet(
        "under; below; less than; at most; up to; slower than; max; maximum; no more than; not more than; shorter than; no longer than; fewer than; within; lower than; not over"
    )
    static let atLeast = PhraseSet(
        "over; above; more than; at least; faster than; min; minimum; longer than; no less than; not less than; higher than; upwards of; not under")
    static let before = PhraseSet("before; pre; prior to; earlier than; until; up to; older than; no later than; up until; not after; not later than")
    static let after = PhraseSet("after; since; post; later than; newer than; from; starting from; past; not before; no earlier than; not earlier than")

    // MARK: Request talk

    /// Words in which a request is wrapped; they describe no music.
    static let requestWords: Set<String> = Set(
        """
        song songs music track tracks tune tunes band bands artist artists album albums playlist playlists playlisting suggestion suggestions suggest suggested suggesting recommendation recommendations
        recommend recommended recommending rec recs request looking look looks search searching find finding found seeking seek help please pls plz thanks thank anyone
        hey hi hello guys folks yall need needed wanted try trying tried play playing played listen listening listened hear hearing heard love loved loves like liked likes enjoy enjoying enjoyed
        give gimme show tell good great best better nice awesome amazing favorite favourite favorites favourites cool perfect decent solid similar similarly similiar sound sounds sounding sounded vibe vibes feel feels feeling
        kind kinds type types sort style styles stylings genre genres genered name names called call new newer old older recent recently people know known unknown idea ideas stuff thing things recommendation one ones
        piece pieces recording recordings record records musician musicians singer singers group groups composer composers performer performers producer producers really something anything everything someone somebody
        lot lots bit time times way ways work works day days week year years night today tonight now ever always never right sure maybe basically actually literally honestly definitely probably
        part parts section sections beginning end ending start starts started intro outro middle version versions cover covers video videos channel youtube spotify soundcloud link links reddit sub subreddit post thread
        want wanting would could should theres theyre thats whats whos hows id ive im youre its dont cant wont isnt arent doesnt didnt couldnt wouldnt havent hasnt let lets got get getting go going goes gone make makes making made
        put add added adding use used using come comes came know think thinking thought see seen say says said mean means meaning fit fits fitting etc ok okay yes yeah well hit hits list lists top preferably ideally possibly
        themed theme themes inspired based related featuring features feature featured contains containing contain include includes including involving made fans fan fave faves banger bangers jam jams vibey vibing title titles
        english language words word lyrics lyric lyrically first second last next latest couple few several many much more most less least other others another same different example examples specific specifically particular
        particularly certain sorta kinda somewhat ish esque lookin lookingfor discover discovering discovery explore exploring expand expanding into any some all every each own ones full whole entire
        hard time struggling wondering wonder curious appreciate appreciated welcome cheers thx ty guy girl man woman men women person kid anybody nobody life thing everyday level levels quality general
        """.split(whereSeparator: { $0 == " " || $0 == "\n" }).map(String.init))
}

/// Phrases that are looked for from a token on, longest first.
struct PhraseSet: Sendable {
    private let byFirst: [String: [[String]]]

    /// - Parameter list: phrases separated by semicolons.
    init(_ list: String) {
        var byFirst: [String: [[String]]] = [:]
        for phrase in list.split(separator: ";") {
            let words = phrase.split(whereSeparator: { $0 == " " || $0 == "\n" }).map(String.init)
            if let first = words.first { byFirst[first, default: []].append(words) }
        }
        self.byFirst = byFirst.mapValues { $0.sorted { $0.count > $1.count } }
    }

    /// Words of the longest phrase that begins at `start`, 0 when none does.
    func length(at start: Int, in words: [String]) -> Int {
        guard start < words.count, let candidates = byFirst[words[start]] else { return 0 }
        for candidate in candidates where start + candidate.count <= words.count {
            if words[start..<start + candidate.count].elementsEqual(candidate) { return candidate.count }
        }
        return 0
    }

    /// Where a phrase begins that ends just before `end`; nil when none does.
    func start(endingAt end: Int, in words: [String], longest: Int = 5) -> Int? {
        for start in max(0, end - longest)..<max(end, 0) where length(at: start, in: words) == end - start { return start }
        return nil
    }
}
