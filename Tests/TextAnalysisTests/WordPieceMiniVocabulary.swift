import TextAnalysis

/// A vocabulary of 605 pieces, written for ``WordPieceTests``: words of music and suffixes, most characters of the recorded texts alone and as `##` pieces, and
/// a few characters left out, so that `[UNK]` occurs.
enum WordPieceMiniVocabulary {
    /// As `vocab.txt` holds them: a piece a line. By bytes, since some pieces are marks, which would join a space to one character.
    static let file: [UInt8] = pieces.utf8.map { $0 == UInt8(ascii: " ") ? UInt8(ascii: "\n") : $0 }

    static let vocabulary: WordPieceVocabulary = {
        do {
            return try WordPieceVocabulary(file, path: "mini")
        } catch {
            preconditionFailure("\(error)")
        }
    }()

    static let pieces = """
        [PAD] [UNK] [CLS] [SEP] [MASK] a an and the in on of to with without is it no not i you we any only up time key music drum drums
        drummer drumm steel upbeat slow piano ballad minor hip hop beat beats study synth pop reverb hard rock loud soul smooth as silk
        bass line lines guitar guitars want don long least free tax funky believ un electro acoustic sound scape scapes feel good vibes
        recording features mellow sustain ed pad punch kicks followed by female male vocal vocals sings choir backs jazz love chanson cafe
        caf naive bj mot dvo op style fine null bell soft zero width non join joiner placed right left user example com org http https
        snake case camel bold ukulele музыка без слов тихая шир σισυφος σας ελλην 音 楽 音楽 ジャ ドラム の スチ ##s ##es ##ed ##ing ##ly ##er ##ists
        ##ist ##ful ##ness ##able ##ably ##bass ##drum ##line ##lines ##music ##scapes ##beat ##ork ##orhead ##rak ##ve ##ment ##arian
        ##ism ##dis ##establish ##ight ##ll ##full ##ика ##уска ##ка ##ов ##усος ##φος ##ική ##ルドラム ##ム ##ズ ##ต ##ยาก ##a b ##b c ##c d
        ##d e ##e f ##f g ##g h ##h ##i j ##j k ##k l ##l m ##m n ##n o ##o p ##p r ##r s t ##t u ##u v ##v w ##w x ##x y ##y z ##z 0 ##0
        1 ##1 2 ##2 3 ##3 4 ##4 5 ##5 6 ##6 7 ##7 8 ##8 9 ##9 ! " # $ % & ' ( ) * + , - . / : ; < = > ? @ [ \u{5C} ] _ ` { | } ¡ ¥ ¦ § ¨ «
        ¬ ® ° ² ´ ¶ ¸ ½ ¿ × ß ##ß ð ##ø þ ı ##ı ĳ ł ŉ œ ſ ǆ ##ʙ ʻ ˆ ˜ ##δ ε ##ε ##η ι ##ι ##κ μ ##ν ο ##ο ##ς σ ##σ ##φ ω а ##а б ##б ##в
        е ##е ##ж ##з и ##и ##к м ##о с т ##у ##ы ##я і ##\u{488} ##\u{489} ##ա ##ե հ ##յ ##ր \u{5BE} \u{5D1} ##\u{5D5} ##\u{5D7}
        ##\u{5DB} ##\u{5DC} ##\u{5DD} ##\u{5DE} \u{5E1} ##\u{5E4} ##\u{5E8} \u{5E9} \u{5EA} ##\u{5EA} ، \u{61B} ##\u{61D} ##\u{621}
        \u{627} ##\u{627} \u{628} ##\u{62F} ##\u{633} ##\u{636} \u{63A} \u{641} ##\u{643} ##\u{644} \u{645} ##\u{646} \u{647} ##\u{649}
        ##\u{64A} ٪ ##\u{890} ##ए ##ग ज ##त फ ##ब श स ##ह ##\u{93E} ##\u{93F} ##\u{940} ॥ இ ##ச த ##ழ ##\u{BBF} ##\u{BC8} ##ก ##ง ฉ น ##น
        ##พ ##ฟ ##ม ##ล ##ส ##อ ##า ##ำ ##แ ไ ##ไ ་ ། ##ད ས ##န မ ##မ ##\u{102C} ##\u{103C} ##თ ##ი ##ლ ##რ ##უ ᄀ ##ᄀ ᄋ ##ᄋ ᄌ ##ᄌ ᄒ ##ᄒ
        ##ᅡ ##ᅥ ##ᅩ ##ᅭ ##ᅮ ##ᅳ ##ᆫ ##ᆷ ##ᆼ ##ማ ##ር አ ። ᏸ ᙭ ក ##ព ##ម ##\u{17B6} ##\u{180F} ##\u{1885} ##ᴄ ᵃ ##ᵇ ##ᶜ – — ‘ ’ “ ” „ † • ‥ …
        ‰ ″ ‹ › ※ ⁀ € ₹ ##\u{20E3} ⅷ ← → ⇒ √ ∞ ≤ ① ##② ##③ ⓐ ##ⓐ ##♩ ♪ ##♬ ♭ ##♭ ##♮ ##♯ ⰰ ##ⰰ 、 。 ##〆 〇 「 」 ##\u{302E} ##\u{302F} ##い か
        ##き ##く ##し ##の る カ ##カ ##キ ##ク ##ス ##チ ##ト ホ ##ラ ##ル ##ー ㈱ ㍿ 丽 乐 字 文 明 漢 ꜱ ꞌ ##\u{A9BD} ꭰ 﨎 ﬁ ﬂ ﬃ ﹏ \u{FEFB} ＿ ａ ##ａ ##ｃ ##ｉ ｊ
        ##ｚ ｱ ｶ 𐐨 ##𐐨 \u{10900} ##\u{110CD} \u{111C9} \u{11938} 𝅗 𝅘 ##𝅘 ##\u{1D165} ##\u{1D16E} 𝐁 ##𝐥 ##𝐨 𝓢 ##𝓬 ##𝓲 ##𝓻 ##𝓽 𝔉 ##𝔞 ##𝔨
        ##\u{1E000} 🇫 ##🇷 ##🎤 ##🎵 ##🏽 ##👧 ##👨 👩 ##👩 ##🫠 𠀀 𪛟 𫠝 𫠠
        """
}
