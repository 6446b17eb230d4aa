"""The desk's own widgets: they know rows and nothing else; screens feed them and hear their messages.

Invariant: no widget binds a key, reads a store or a clock, or moves the focus; every text is cleaned before it is
drawn. A screen that shows a `Notice` has `layers: desk notice` in its CSS. `now`, `zone`, `me` and `poor` (a terminal
without the signs) are handed in; `tick(now)` is called each second.

queue.QueueList(now, zone, me, poor)
    show(view, page, count=None, empty="")   a view from its start; the same view again keeps the case in hand
    put_page(want, page | None)              the answer to PageWanted; rows in any order, page.next None = that end is
                                             reached; None when it could not be read
    update_rows(rows, gone=())               rows of this view that changed or are new, and cases that left it
    set_anchors(Anchors(step, after) | None), reload() (after a time without news)
    move(delta), page(delta), home(), end(), go_to(case_id, row=None) -> bool, open()
    current -> QueueRow | None, row(case_id), visible_ids, held_ids, view, tick(now)
    CursorMoved(case_id), Opened(case_id), PageWanted(view, kind, after, reverse, limit, skip, first, serial)
conversation.Conversation(now, zone, poor)
    show(thread, now, new_after=None), clear(words), tick(now), toggle_fold()
    scroll_lines(delta), page(delta), home(), end()
    case_id, seen_message_id (newest that has stood on the screen), new_below
customer.CustomerPane(now, zone, poor)
    show(customer | None, case_id, now, empty=""), scroll_lines(delta)
topline.TopLine(poor)      show(place, agent, counts | None, now, warnings=())
topline.ViewBar(poor)      show([(title, count | None)], active, order="")
footer.Footer(poor)        show([(key, title)]), the last one always stays; Pressed(key) on a click
notice.Notice(poor)        say(text, "info" | "warn" | "error"), key_pressed() at every key, text
"""
