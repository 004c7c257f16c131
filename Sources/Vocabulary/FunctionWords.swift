/// Words that hold a sentence together and name nothing.
public enum FunctionWords {
    public static func contains(_ word: String) -> Bool { words.contains(word) }

    private static let words: Set<String> = Set(
        """
        a about above after again all almost along already also although always am an and another any anybody anyone anything are around as at away be
        because been before being below between both but by came can cannot cant come could did didnt do does doesnt doing done dont down during each
        either else enough etc even ever every everybody everyone everything few for from further get gets getting give gives got had has have having he
        hence her here hers herself him himself his how however i id if ill im in into is isnt it its itself ive just kind kinda know lately least less
        let lets like little lot lots made make makes many may maybe me might mine more most much must my myself near need needs neither never no none
        nor not nothing now of off often ok okay on once one ones only onto or other others our ours ourselves out over own per perhaps please plus put
        quite rather really same see seem seems several shall she should since so some somebody somehow someone something sometimes somewhat sort sorta
        still such than that thats the their theirs them themselves then there theres these they theyre thing things this those though through thru till
        to too toward towards under until up upon us use used using very via want wants was way we well went were werent what whatever whats when where
        which while who whom whose why will with within without wont would yes yet you your youre yours yourself
        """.split(whereSeparator: { $0 == " " || $0 == "\n" }).map(String.init))
}
