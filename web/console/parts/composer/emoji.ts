/** The emoji that people in support use, by what they are for. Loaded when the board is opened first. */
export const EMOJI: readonly { group: string; all: string }[] = [
  { group: "🙂", all: "🙂😀😄😁😅😂🙃😉😊😇🥰😍😘😎🤗🤔🤨😐😶🙄😏😬😴😌😔😕🙁☹️😮😯😲😳🥺😢😭😤😡😱🤯🤞" },
  { group: "👍", all: "👍👎👌✌️🤝👏🙌🙏💪👋🤙☝️👉👈👆👇✋🖐️🫶🤷🤦🙋💁" },
  { group: "❤️", all: "❤️🧡💛💚💙💜🖤💔💯✅❌❗❓⚠️⭐🌟✨🔥🎉🎊🎁🏆💡🔔" },
  { group: "📦", all: "📦🚚✈️🏠🏪🛒💳💶🧾📅⏰⏳📞📧✉️📝📎📄🔒🔑🔧🛠️💻📱🖨️🔋📷🗺️" },
  { group: "🥾", all: "🥾👟🧥👕👖🧢🎒⛺🏕️🏔️🌲🌧️☀️❄️🌊🚲☕🍰🍎🐶🐱🌍" },
];

export function split(all: string): string[] {
  return [...new Intl.Segmenter().segment(all)].map((one) => one.segment);
}
