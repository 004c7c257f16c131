import Foundation
import Testing

@Suite(
    "The page, in a browser", .serialized,
    .enabled(if: PageServer.address != nil && WebDriver.isInstalled, "bin/test --page runs these: they need chromium and chromedriver"))
struct PageTests {
    private let first = PageServer.descriptors[0], second = PageServer.descriptors[1]

    /// A window on the page with an answer in it, checked for errors at its end.
    private func withAnswer(to request: String = PageServer.request, _ body: (Browser) async throws -> Void) async throws {
        try await Browser.using { browser in
            try await browser.go(to: page(request))
            try await browser.waitForAnswer()
            try await body(browser)
            try await expectNoErrors(in: browser)
        }
    }

    private func page(_ request: String = "") -> String {
        var parts = URLComponents()
        parts.queryItems = request.isEmpty ? nil : [URLQueryItem(name: "q", value: request)]
        return (PageServer.address ?? "") + "/" + (parts.string ?? "")
    }

    private func expectNoErrors(in browser: Browser) async throws {
        let errors = try await browser.console().filter { $0.level == "SEVERE" || $0.level == "WARNING" }
        #expect(errors.map(\.message) == [])
    }

    // MARK: Searching

    @Test("Typing answers, without Enter")
    func typing() async throws {
        try await Browser.using { browser in
            try await browser.go(to: page())
            try await browser.wait(until: "document.activeElement.id === 'q'")
            #expect(try await browser.evaluate("document.querySelectorAll('#beginnings a').length", as: Int.self) > 3)
            try await browser.type(PageServer.request)
            try await browser.wait(until: "document.title.startsWith('\(PageServer.request) ')")
            #expect(try await browser.evaluate("document.querySelectorAll('.hit').length", as: Int.self) > 0)
            #expect(try await browser.evaluate("document.querySelector('#beginnings').hidden", as: Bool.self))
            // Typing makes one entry of history, written when it rests.
            try await browser.wait(until: "new URLSearchParams(location.search).get('q') === '\(PageServer.request)'")
            try await browser.back()
            try await browser.wait(until: "location.search === '' && document.querySelectorAll('.hit').length === 0")
            try await expectNoErrors(in: browser)
        }
    }

    @Test("A keystroke is answered on the screen within 60 ms")
    func latency() async throws {
        try await Browser.using { browser in
            try await browser.go(to: page())
            try await browser.wait(until: "document.activeElement.id === 'q'")
            var taken: [Double] = []
            for turn in 0..<2 {
                for key in PageServer.request.map(String.init) {
                    let number = try await browser.evaluate("Number(document.documentElement.dataset.answered ?? 0)", as: Int.self)
                    try await browser.type(key)
                    try await browser.wait(until: "Number(document.documentElement.dataset.answered ?? 0) > \(number)")
                    // The first time through fills the caches of the browser and of the server.
                    if turn == 1 { taken.append(try await browser.evaluate("Number(document.documentElement.dataset.answerMs)", as: Double.self)) }
                }
                if turn == 0 {
                    try await browser.run("document.querySelector('#q').select()")
                    try await browser.type(Key.delete)
                    try await browser.wait(until: "document.querySelectorAll('.hit').length === 0")
                }
            }
            let sorted = taken.sorted(), median = sorted[sorted.count / 2]
            print("keystroke to answer: median \(median) ms, worst \(sorted[sorted.count - 1]) ms, of \(sorted.count)")
            // The goal is 60 ms; a busy processor is given four times as long.
            #expect(median < 240)
        }
    }

    @Test("Chips hang under the words they came from")
    func chipsUnderWords() async throws {
        try await withAnswer { browser in
            let words = try await browser.evaluate(
                "[...document.querySelectorAll('.word')].filter(w => w.querySelector('.chip')).map(w => w.querySelector('.mark')?.textContent)",
                as: [String?].self)
            #expect(words == PageServer.request.split(separator: " ").map(String.init))
            let gaps = try await browser.evaluate(
                """
                [...document.querySelectorAll('.word')].filter(w => w.querySelector('.chip')).map(w => {
                    const chip = w.querySelector('.chip').getBoundingClientRect(), word = w.querySelector('.mark').getBoundingClientRect()
                    return [chip.top - word.bottom, chip.left - word.left]
                })
                """, as: [[Double]].self)
            for gap in gaps {
                #expect((0..<24).contains(gap[0]), "below the word")
                #expect((0..<24).contains(gap[1]), "where the word begins")
            }
        }
    }

    @Test("More appends the next page and goes to it")
    func more() async throws {
        try await withAnswer { browser in
            let shown = try await browser.evaluate("document.querySelectorAll('.hit').length", as: Int.self)
            try #require(try await browser.evaluate("document.querySelector('.more') !== null", as: Bool.self), "the library has one page of it")
            try await browser.click(".more")
            try await browser.wait(until: "document.querySelectorAll('.hit').length > \(shown)")
            #expect(try await browser.evaluate("document.activeElement.id", as: String.self) == "hit-\(shown + 1)")
            let ranks = try await browser.evaluate("[...document.querySelectorAll('.hit')].map(hit => Number(hit.id.slice(4)))", as: [Int].self)
            #expect(ranks == Array(1...ranks.count))
        }
    }

    @Test("A score's reasons add up to it")
    func reasons() async throws {
        try await withAnswer { browser in
            try await browser.click(".why summary")
            try await browser.wait(until: "document.querySelector('.why table')")
            let values = try await browser.evaluate(
                "[...document.querySelectorAll('.why table .value')].map(cell => Number(cell.textContent.replace('−', '-')))", as: [Double].self)
            let score = try #require(values.last), sum = values.dropLast().reduce(0, +)
            // Every value is rounded to hundredths.
            let tolerance = 0.005 * Double(values.count)
            #expect(abs(sum - score) <= tolerance)
        }
    }

    // MARK: Chips

    @Test("A chip turns from wanted to avoided to off, and back on")
    func chipCycle() async throws {
        try await withAnswer { browser in
            for state in ["avoid", "off", "want"] {
                try await browser.click(chip(first))
                try await browser.wait(until: "document.querySelector('\(chip(first))')?.closest('.chip').classList.contains('\(state)')")
                #expect(try await browser.evaluate("document.activeElement.dataset.key", as: String?.self) == first, "the focus stays on the chip")
            }
            #expect(try await browser.evaluate("location.search.startsWith('?s=')", as: Bool.self))
        }
    }

    @Test("Arrow keys weigh a chip, Delete drops it")
    func chipKeys() async throws {
        try await withAnswer { browser in
            let strength = try await browser.evaluate("Number(\(slider(first)).getAttribute('aria-valuenow'))", as: Double.self)
            try await browser.run("document.querySelector('\(chip(first))').focus()")
            try await browser.type(Key.left + Key.left)
            try await browser.wait(until: "document.querySelectorAll('#turns li').length === 2")
            let weaker = try await browser.evaluate("Number(\(slider(first)).getAttribute('aria-valuenow'))", as: Double.self)
            #expect(abs(weaker - (strength - 0.2)) < 0.001)
            try await browser.type(Key.delete)
            try await browser.wait(until: "document.querySelectorAll('.chip').length === 1")
        }
    }

    @Test("Dragging weighs a chip and does not press it")
    func chipDrag() async throws {
        try await withAnswer { browser in
            let place = try await browser.evaluate(
                "(() => { const box = document.querySelector('\(chip(first))').getBoundingClientRect(); return [box.left + 10, box.top + 8] })()",
                as: [Double].self)
            try await browser.drag(from: Int(place[0]), Int(place[1]), by: -40)
            try await browser.wait(until: "document.querySelectorAll('#turns li').length === 2")
            #expect(try await browser.evaluate("Number(\(slider(first)).getAttribute('aria-valuenow')) < 0.6", as: Bool.self))
            #expect(try await browser.evaluate("document.querySelector('\(chip(first))').closest('.chip').classList.contains('want')", as: Bool.self))
        }
    }

    private func chip(_ descriptor: String) -> String { "[data-key=\"\(descriptor)\"]" }
    private func slider(_ descriptor: String) -> String { "document.querySelector('[data-key=\"\(descriptor) strength\"]')" }

    // MARK: Refining

    @Test("A facet adds its descriptor, Shift avoids it")
    func facets() async throws {
        try await withAnswer { browser in
            let choices = try await browser.evaluate(
                "[...document.querySelectorAll('.choose[aria-pressed=false]')].map(choice => choice.dataset.descriptor)", as: [String].self)
            try #require(choices.count > 1)
            try await browser.click(".choose[data-descriptor=\"\(choices[0])\"]")
            try await browser.wait(until: "document.querySelector('\(chip(choices[0]))')")
            #expect(try await browser.evaluate("document.querySelectorAll('.choose[aria-pressed=true]').length", as: Int.self) > 0)
            let other = try await browser.evaluate(
                "[...document.querySelectorAll('.choose[aria-pressed=false]')].map(choice => choice.dataset.descriptor)", as: [String].self)
            let avoided = try #require(other.last)
            try await browser.run("document.querySelector('.choose[data-descriptor=\"\(avoided)\"]').dispatchEvent(new MouseEvent('click', {shiftKey: true}))")
            try await browser.wait(until: "document.querySelector('\(chip(avoided))')?.closest('.chip').classList.contains('avoid')")
        }
    }

    @Test("The add box completes from the vocabulary, by keys alone")
    func addBox() async throws {
        try await withAnswer { browser in
            try await browser.type("no guit", into: "#descriptor")
            try await browser.wait(until: "document.querySelectorAll('#completions [role=option]').length > 1")
            #expect(try await browser.evaluate("document.querySelector('#descriptor').getAttribute('aria-expanded')", as: String.self) == "true")
            try await browser.type(Key.down + Key.up + Key.enter)
            try await browser.wait(until: "document.querySelector('.chip.avoid')")
            #expect(try await browser.evaluate("document.querySelector('#completions').hidden", as: Bool.self))
        }
    }

    @Test("Refining in words says what changed, and can be undone")
    func words() async throws {
        try await withAnswer { browser in
            try await browser.type("more upbeat" + Key.enter, into: "#refinement")
            try await browser.wait(until: "document.querySelector('\(chip("mood:upbeat"))')")
            #expect(try await browser.evaluate("document.querySelector('.turned').textContent.length > 0", as: Bool.self))
            #expect(try await browser.evaluate("document.querySelector('#refinement').value", as: String.self) == "")
            try await browser.run("document.activeElement.blur()")
            try await browser.type("z", holding: Key.control)
            try await browser.wait(until: "document.querySelector('\(chip("mood:upbeat"))') === null")
            #expect(try await browser.evaluate("document.querySelector('#turns [aria-current]').textContent", as: String.self) == PageServer.request)
            #expect(try await browser.evaluate("document.querySelectorAll('#turns li').length", as: Int.self) == 2, "the turn that was undone can be gone to")
            try await browser.click("#turns li:last-child button")
            try await browser.wait(until: "document.querySelector('\(chip("mood:upbeat"))')")
        }
    }

    @Test("A hit becomes a seed, and its mood can be moved on the map")
    func seedAndMood() async throws {
        try await withAnswer { browser in
            try await browser.click(".hit .seeds button")
            try await browser.wait(until: "document.querySelector('.chip.like')")
            guard try await browser.evaluate("!document.querySelector('#mood').hidden", as: Bool.self) else { return }
            try await browser.run("document.querySelector('#mood-target').focus()")
            try await browser.type(Key.right + Key.up)
            try await browser.wait(until: "document.querySelector('\(chip("move"))')")
            #expect(try await browser.evaluate("document.querySelector('.way') !== null", as: Bool.self))
        }
    }

    // MARK: Addresses

    @Test("Back, forward and reload show the same")
    func addresses() async throws {
        try await withAnswer { browser in
            try await browser.click(chip(first))
            try await browser.wait(until: "document.querySelector('.chip.avoid')")
            try await browser.back()
            try await browser.wait(until: "document.querySelector('.chip.avoid') === null")
            #expect(try await browser.evaluate("new URLSearchParams(location.search).get('q')", as: String.self) == PageServer.request)
            try await browser.forward()
            try await browser.wait(until: "document.querySelector('.chip.avoid')")
            let shown = "[...document.querySelectorAll('.hit')].map(hit => hit.dataset.track)"
            let before = try await browser.evaluate(shown, as: [String].self)
            try await browser.reload()
            try await browser.waitForAnswer()
            #expect(try await browser.evaluate(shown, as: [String].self) == before)
            #expect(try await browser.evaluate("document.querySelectorAll('#turns li').length", as: Int.self) == 2, "the turns are there after a reload")

            // The address alone, as it is sent to somebody else.
            let address = try await browser.evaluate("location.href", as: String.self)
            try await Browser.using { other in
                try await other.go(to: address)
                try await other.waitForAnswer()
                #expect(try await other.evaluate(shown, as: [String].self) == before)
                try await other.click("#undo")
                try await other.wait(until: "document.querySelector('.chip.avoid') === null")
            }
        }
    }

    // MARK: Player

    @Test("A track plays, seeks and is paused by Space")
    func player() async throws {
        try await withAnswer(to: PageServer.playable) { browser in
            try #require(try await browser.evaluate("document.querySelector('.play') !== null", as: Bool.self), "the library has no files")
            try await browser.click(".play")
            try await browser.wait(until: "!document.querySelector('#audio').paused && document.querySelector('#audio').currentTime > 0.2")
            #expect(try await browser.evaluate("document.querySelector('.hit.playing') !== null", as: Bool.self))
            try await browser.run(
                """
                const seek = document.querySelector('#seek'); seek.value = Number(seek.max) * 0.6
                for (const type of ['input', 'change']) seek.dispatchEvent(new Event(type))
                """)
            try await browser.wait(until: "document.querySelector('#audio').currentTime > document.querySelector('#audio').duration * 0.55")
            #expect(try await browser.evaluate("document.querySelector('#audio').seekable.length", as: Int.self) == 1)
            try await browser.run("document.activeElement.blur()")
            try await browser.type(" ")
            try await browser.wait(until: "document.querySelector('#audio').paused")
            try await browser.type(" ")
            try await browser.wait(until: "!document.querySelector('#audio').paused")
            if try await browser.evaluate("document.querySelectorAll('.play').length > 1", as: Bool.self) {
                let playing = try await browser.evaluate("document.querySelector('.hit.playing').dataset.track", as: String.self)
                try await browser.click("#following")
                try await browser.wait(until: "document.querySelector('.hit.playing') && document.querySelector('.hit.playing').dataset.track !== '\(playing)'")
            }
        }
    }

    // MARK: Access

    @Test("Keys reach the search box, the results and the help")
    func keys() async throws {
        try await withAnswer { browser in
            try await browser.run("document.activeElement.blur()")
            try await browser.type("/")
            #expect(try await browser.evaluate("document.activeElement.id", as: String.self) == "q")
            try await browser.type(Key.down + Key.down)
            #expect(try await browser.evaluate("document.activeElement.id", as: String.self) == "hit-2")
            try await browser.type(Key.up + Key.up)
            #expect(try await browser.evaluate("document.activeElement.id", as: String.self) == "q")
            try await browser.run("document.activeElement.blur()")
            try await browser.type("?")
            #expect(try await browser.evaluate("document.querySelector('#help').open", as: Bool.self))
        }
    }

    @Test("Nothing scrolls sideways", arguments: [360, 768, 1280])
    func width(_ width: Int) async throws {
        try await Browser.using(width: width, height: 900) { browser in
            for request in ["", PageServer.request, "like Nina Simone but calmer, late sixties, no strings xyzzy"] {
                try await browser.go(to: page(request))
                if !request.isEmpty { try await browser.waitForAnswer() }
                let sizes = try await browser.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]", as: [Int].self)
                #expect(sizes[0] <= sizes[1], "\(request)")
            }
        }
    }

    @Test("Text stands out from its ground by 4.5 to 1", arguments: ["light", "dark"])
    func contrast(_ scheme: String) async throws {
        try await withAnswer { browser in
            try await browser.prefer(colorScheme: scheme)
            try await browser.click(chip(first))
            try await browser.wait(until: "document.querySelector('.chip.avoid')")
            try await browser.click(".why summary")
            try await browser.wait(until: "document.querySelector('.why table')")
            if try await browser.evaluate("document.querySelector('.play') !== null", as: Bool.self) { try await browser.click(".play") }
            let faint = try await browser.evaluate(PageAudit.faintText, as: [String].self)
            #expect(faint == [])
            try await browser.go(to: page())
            try await browser.wait(until: "document.querySelector('#beginnings a')?.checkVisibility()")
            #expect(try await browser.evaluate(PageAudit.faintText, as: [String].self) == [])
        }
    }

    @Test("Every control has a name, no id is given twice, and the focus goes in the order of the document")
    func names() async throws {
        try await withAnswer { browser in
            #expect(try await browser.evaluate(PageAudit.namelessControls, as: [String].self) == [])
            #expect(try await browser.evaluate(PageAudit.repeatedIDs, as: [String].self) == [])
            #expect(try await browser.evaluate("[...document.querySelectorAll('[tabindex]')].filter(node => node.tabIndex > 0).length", as: Int.self) == 0)
            try await browser.run("document.activeElement.blur(); window.passed = []; document.addEventListener('focusin', event => passed.push(event.target))")
            try await browser.type(String(repeating: Key.tab, count: 30))
            let isInOrder = try await browser.evaluate(
                "passed.length > 20 && passed.every((node, i) => i === 0 || passed[i - 1].compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING)",
                as: Bool.self)
            #expect(isInOrder)
        }
    }
}

extension Browser {
    func waitForAnswer() async throws { try await wait(until: "document.documentElement.dataset.answered") }
}

/// What is looked for in a page as it is laid out; each an expression that gives what is wrong.
private enum PageAudit {
    /// Visible text whose colour is nearer to its ground than WCAG 2.2 (1.4.3) allows: 4.5 : 1, and 3 : 1 for large text.
    static let faintText = """
        (() => {
            const canvas = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true})
            const channels = colour => {
                canvas.clearRect(0, 0, 1, 1)
                canvas.fillStyle = colour
                canvas.fillRect(0, 0, 1, 1)
                const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data
                return [r, g, b, a / 255]
            }
            const over = (front, back) => [0, 1, 2].map(i => front[i] * front[3] + back[i] * (1 - front[3])).concat(1)
            const ground = node => {
                const layers = []
                for (let other = node; other; other = other.parentElement) {
                    const layer = channels(getComputedStyle(other).backgroundColor)
                    if (layer[3] > 0) layers.push(layer)
                    if (layer[3] === 1) break
                }
                return layers.reverse().reduce((back, front) => over(front, back), [255, 255, 255, 1])
            }
            const opacity = node => node ? Number(getComputedStyle(node).opacity) * opacity(node.parentElement) : 1
            const luminance = colour => colour.slice(0, 3).map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
                .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0)
            const faint = new Set()
            const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
            while (walker.nextNode()) {
                const text = walker.currentNode, node = text.parentElement
                if (!text.data.trim() || !node.checkVisibility({opacityProperty: true, visibilityProperty: true}) || node.closest('.unseen, .skip, script, noscript, title')) continue
                if (node.matches(':disabled, :disabled *')) continue
                const style = getComputedStyle(node), back = ground(node)
                const front = channels(node.closest('svg') ? style.fill : style.color)
                front[3] *= opacity(node)
                const [light, dark] = [luminance(over(front, back)), luminance(back)].sort((a, b) => b - a)
                const ratio = (light + 0.05) / (dark + 0.05)
                const isLarge = parseFloat(style.fontSize) >= 24
                if (ratio < (isLarge ? 3 : 4.5)) faint.add(`${ratio.toFixed(2)} ${node.tagName}.${node.getAttribute('class')} ${text.data.trim().slice(0, 30)}`)
            }
            return [...faint]
        })()
        """

    /// Controls that a screen reader could not name.
    static let namelessControls = """
        [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [role=slider], [role=combobox], [role=listbox], [role=group], dialog, nav, aside, section[aria-label]')]
            .filter(node => {
                const labelled = (node.getAttribute('aria-labelledby') ?? '').split(' ').map(id => document.getElementById(id)?.textContent ?? '').join('')
                const label = [...node.labels ?? []].map(label => label.textContent).join('')
                const own = /^(A|BUTTON|SUMMARY)$/.test(node.tagName) ? node.textContent : ''
                return !(node.getAttribute('aria-label') ?? '').trim() && !labelled.trim() && !label.trim() && !own.trim()
            })
            .map(node => node.outerHTML.slice(0, 120))
        """

    static let repeatedIDs = """
        [...document.querySelectorAll('[id]')].map(node => node.id).filter((id, i, all) => all.indexOf(id) !== i)
        """
}
