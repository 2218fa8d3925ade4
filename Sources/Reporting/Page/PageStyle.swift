/// The look of the page: light and dark by the reader's setting, one column, printable.
enum PageStyle {
    static let sheet = """
        :root { --ground: #f6f7f9; --card: #ffffff; --ink: #16191d; --quiet: #59626e;
          --line: #d9dde3; --accent: #00598f; --warn: #a33b00; }
        @media (prefers-color-scheme: dark) {
          :root { --ground: #14171b; --card: #1d2126; --ink: #e8eaed; --quiet: #a2abb6;
            --line: #363c44; --accent: #7cc4f2; --warn: #ffab7a; } }
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; }
        body { margin: 0; background: var(--ground); color: var(--ink);
          font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
        main { max-width: 66rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
        h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .4rem; }
        h2 { font-size: 1.25rem; margin: 2.4rem 0 .8rem; }
        h3 { font-size: 1.05rem; margin: 0 0 .6rem; }
        h4 { font-size: .95rem; margin: .8rem 0 .2rem; }
        p { margin: .5rem 0; overflow-wrap: anywhere; }
        ul { margin: .3rem 0; padding-left: 1.2rem; }
        .summary, .note, figcaption { color: var(--quiet); }
        .note, figcaption { font-size: .88rem; }
        .verdicts { list-style: none; margin: 1.2rem 0; padding: .4rem 1rem;
          background: var(--card); border: 1px solid var(--line);
          border-left: 4px solid var(--accent); border-radius: 6px; }
        .verdicts li { padding: .45rem 0; }
        .verdicts li + li { border-top: 1px solid var(--line); }
        .verdicts strong { color: var(--accent); font-weight: 600; }
        .verdicts .warning, .verdicts .warning strong { color: var(--warn); }
        figure { margin: 0 0 1.2rem; }
        /* Drawings stay on white paper, so that their colors hold in the dark too. */
        .drawing { background: #ffffff; border: 1px solid var(--line); border-radius: 6px;
          padding: .4rem; overflow-x: auto; }
        .drawing svg { display: block; width: 100%; min-width: 34rem; height: auto; }
        figcaption { margin-top: .4rem; }
        .scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line);
          border-radius: 6px; margin: .6rem 0; }
        table { border-collapse: collapse; width: 100%; font-size: .88rem; }
        th, td { padding: .4rem .5rem; text-align: left; vertical-align: top; }
        thead th { color: var(--quiet); font-weight: 600; border-bottom: 1px solid var(--line);
          vertical-align: bottom; }
        tbody th { font-weight: 600; }
        tbody tr + tr > * { border-top: 1px solid var(--line); }
        .figure { text-align: right; font-variant-numeric: tabular-nums; }
        td.figure, tbody th { white-space: nowrap; }
        .scroll + h3 { margin-top: 1.6rem; }
        .long { min-width: 16rem; }
        details { margin: .5rem 0; }
        summary { cursor: pointer; color: var(--accent); padding: .2rem 0; }
        .card { background: var(--card); border: 1px solid var(--line); border-radius: 6px;
          padding: 1rem; margin: 0 0 1rem; }
        dl { margin: 0; }
        dl div { display: grid; grid-template-columns: 9rem 1fr; gap: .2rem 1rem;
          padding: .25rem 0; }
        dt { color: var(--quiet); }
        dd { margin: 0; overflow-wrap: anywhere; }
        pre { background: var(--ground); border: 1px solid var(--line); border-radius: 6px;
          padding: .6rem .8rem; overflow-x: auto; font-size: .85rem; margin: .6rem 0 0; }
        #reproduce pre { background: var(--card); }
        @media (max-width: 34rem) {
          dl div { grid-template-columns: 1fr; gap: 0; padding: .35rem 0; }
          th, td { padding: .35rem .5rem; } }
        @media print {
          :root { --ground: #ffffff; --card: #ffffff; --ink: #000000; --quiet: #444444;
            --line: #bbbbbb; --accent: #003f66; --warn: #7a2c00; }
          body { font-size: 10pt; }
          main { max-width: none; padding: 0; }
          .drawing svg { min-width: 0; max-height: 11cm; }
          .scroll, .drawing, pre { overflow: visible; }
          pre { white-space: pre-wrap; overflow-wrap: anywhere; }
          table { font-size: 8pt; }
          figure, .card, tr { break-inside: avoid; }
          td.figure, tbody th { white-space: normal; }
          h2, h3 { break-after: avoid; } }
        """
}
