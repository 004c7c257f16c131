import SearchService

extension Page {
    /// The page that is built into the program.
    static let shipped = Page(
        template: PackageResources.index_html,
        files: [
            "page.css": PackageResources.page_css, "page.js": PackageResources.page_js, "addbox.js": PackageResources.addbox_js,
            "address.js": PackageResources.address_js, "api.js": PackageResources.api_js, "conversation.js": PackageResources.conversation_js,
            "dom.js": PackageResources.dom_js, "facets.js": PackageResources.facets_js, "icons.js": PackageResources.icons_js,
            "moodmap.js": PackageResources.moodmap_js, "plan.js": PackageResources.plan_js, "player.js": PackageResources.player_js,
            "readings.js": PackageResources.readings_js, "reasons.js": PackageResources.reasons_js, "results.js": PackageResources.results_js,
            "turns.js": PackageResources.turns_js, "wording.js": PackageResources.wording_js,
        ])
}
