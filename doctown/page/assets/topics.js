/* The list of topics, and the legend of the other colourings. */

const dot = (colour) => {
  const made = element("span", { class: "dot", "aria-hidden": "true" });
  made.style.background = css(colour);
  return made;
};

class Topics {
  constructor(data, picture, chosen) {
    Object.assign(this, { data, picture });
    this.buttons = data.topics.map((topic, at) => {
      const dotted = dot(picture.colours[0]);
      const button = element("button", { type: "button", "aria-pressed": "false", onclick: () => chosen(at) },
        dotted,
        element("span", { class: "label foreign" }, oneLine(topic.label)),
        element("span", { class: "size" }, counted.format(topic.size)),
        element("span", { class: "keywords foreign" }, oneLine(topic.keywords.join(", "))));
      button.dot = dotted;
      return button;
    });
    const rows = [];
    const add = (at, below) => {
      if (rows.length > data.topics.length) return;
      rows.push(element("li", below ? { class: "below" } : {}, this.buttons[at]));
      picture.topicOrder.filter((other) => data.topics[other].parent === at && !below).forEach((other) => add(other, true));
    };
    picture.topicOrder.filter((at) => data.topics[at].parent < 0).forEach((at) => add(at, false));
    byId("topic-list").replaceChildren(...rows);
    const word = data.about.embedded ? "Topics" : "Folders";
    byId("topics").querySelector("h2").textContent = `${word} · ${data.topics.length}`;
    byId("topics").setAttribute("aria-label", word);
    byId("show-topics").textContent = word;
    this.recolour();
  }

  recolour() {
    const { picture } = this;
    const byTopic = picture.mode === "topic";
    this.buttons.forEach((button, at) => {
      button.dot.style.background = css(byTopic ? picture.colours[at + 1] : grey());
    });
    const legend = byId("legend");
    legend.hidden = byTopic;
    if (byTopic) return;
    const names = picture.groups.names.map((name, group) => [name, group]).slice(0, 14);
    legend.replaceChildren(...names.map(([name, group]) => element("li", { class: "foreign" }, dot(picture.colours[group + 1]), oneLine(name))));
  }

  press(topic) {
    this.buttons.forEach((button, at) => button.setAttribute("aria-pressed", String(at === topic)));
    this.buttons[topic]?.scrollIntoView({ block: "nearest" });
  }
}
