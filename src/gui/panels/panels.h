#pragma once
#include "headroom/gui_toolkit/ui.h"

#include <imgui.h>

namespace headroom {

// One function a panel. Those with an area make a window there; the others continue the current
// one.
void draw_top_bar(const Ui& ui, const Rect& area);

void draw_queue_list(const Ui& ui);  // the popup of the queue's button

// The model's and the device's names as buttons that open what may be chosen instead; at most so
// wide (screen pixels). Each returns its width.
float draw_model_plate(const Ui& ui, ImVec2 at, float height, float most);
float draw_device_plate(const Ui& ui, ImVec2 at, float height, float most);

void draw_left_panel(const Ui& ui, const Rect& area);
void draw_prompt_panel(const Ui& ui);
// Opens the list of LoRAs; its right upper corner is at `at`. Returns its left edge.
float draw_lora_button(const Ui& ui, ImVec2 at, float height);
void draw_lora_chips(const Ui& ui);
// What else the next picture is made from, while there is any.
void draw_start_chips(const Ui& ui);
void draw_size_panel(const Ui& ui);
void draw_settings_fold(const Ui& ui);  // one line that says the settings and opens them
void draw_settings_panel(const Ui& ui);
void draw_plan_card(const Ui& ui);  // how it will run
void draw_plan_line(const Ui& ui);  // the same in a line
// Another line, always there so that nothing moves: why it cannot run, or else how it will.
void draw_reason(const Ui& ui);
void draw_generate_panel(const Ui& ui);

void draw_canvas_panel(const Ui& ui, const Rect& area);
// Above the canvas, in the room of `area` from its top on; returns the height that they take.
double draw_banners(const Ui& ui, const Rect& area);
// A button with its right edge at `right` that opens the list of folded messages; nothing while
// there are none. Returns its left edge.
float draw_bell(const Ui& ui, float right, float y, float height);
// What can be done with the picture that is shown, in the room that is left of the current line.
void draw_picture_buttons(const Ui& ui);
// What to finish the picture as; it opens above `at` (screen pixels) while "finish_list" is open.
void draw_finish_list(const Ui& ui, ImVec2 at);
void draw_upscale_list(const Ui& ui, ImVec2 at);  // likewise, what to make it larger with
// Over the upper canvas, while the shown picture was made of another one: that is shown in its
// place as long as it is held.
void draw_compare_pill(const Ui& ui, const Rect& canvas);
// Over the lower canvas, while a result of a repaint is looked at: which, and what becomes of it.
void draw_apply_strip(const Ui& ui, const Rect& canvas);
// The tools that paint a mask, in their place.
void draw_mask_bar(const Ui& ui);
// Paints with the mouse on the last item, the canvas, where the picture lies at `place`.
void paint_mask(const Ui& ui, const Rect& place);
void draw_mask(const Ui& ui, const Rect& canvas, const Rect& place);
void draw_progress_panel(const Ui& ui, const Rect& area);
void draw_strip_panel(const Ui& ui, const Rect& area);

// Pictures of the model in the empty canvas, at first: a click makes one like it. Their side in
// screen pixels; 0: there are none, or no room.
float samples_side(const Ui& ui, const Rect& canvas);
// In a row around `middle`, from `y` down, where samples_side() gave their side.
void draw_samples(const Ui& ui, float middle, float y, float side);

// The question before the window closes while something would be lost.
void draw_close_question(const Ui& ui);
// Where pictures go that could not be saved, when the queue waits for it.
void draw_save_question(const Ui& ui);
// The folder of another model, when the one that was asked for could not be opened.
void draw_model_question(const Ui& ui);
// All models, and all LoRAs that may be added, as long as they are open.
void draw_model_list_sheet(const Ui& ui);
void draw_lora_list_sheet(const Ui& ui);
// What may be taken from a picture that was dropped on the window.
void draw_offered_picture(const Ui& ui);

void draw_picture_panel(const Ui& ui, const Rect& area);
void draw_memory_panel(const Ui& ui, const Rect& area);

}  // namespace headroom
