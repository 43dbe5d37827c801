// What the chat page itself says, in both languages. What the assistant says comes from the server.
"use strict";
const WORDS = {
  vi: {
    status: "Trợ lý tự động của nhà trường", connecting: "Đang kết nối lại…",
    hello: "Anh/chị cần giúp gì ạ?", how: "Gõ câu hỏi, hoặc chọn một việc bên dưới. Câu trả lời có kèm nguồn để anh/chị kiểm tra.",
    typing: "Em đang tìm câu trả lời…", slow: "Em đã nhận tin, có câu trả lời em nhắn ngay ạ.",
    ask: "Hỏi đáp", children: "Con của tôi", fees: "Khoản thu", school: "Liên hệ nhà trường",
    box: "Câu hỏi của anh/chị", hint: "Gõ câu hỏi…", send: "Gửi", log: "Cuộc trò chuyện", tasks: "Việc thường làm", skip: "Đến ô nhập câu hỏi",
    me: "Anh/chị: ", them: "Trợ lý: ", qr: "Mã VietQR để thanh toán", save: "Lưu mã QR, rồi mở trong ứng dụng ngân hàng", scan: "Mở trang quét thẻ", file: "Tải tệp: ",
    source: "Nguồn: ", since: "Hiệu lực từ ", choose: "Chọn nhanh", rate: "Câu trả lời này thế nào?", today: "Hôm nay", below: "Tin mới ↓",
    again: "Gửi lại", unsent: "Chưa gửi được. Anh/chị kiểm tra mạng rồi bấm “Gửi lại” ạ.", trying: "Mạng chập chờn, em đang gửi lại…",
    crowd: "Đang có nhiều người cùng mở trò chuyện từ mạng này. Anh/chị chờ một phút rồi bấm “Gửi lại” giúp em ạ.",
    stale: "Trang này mở đã lâu nên chưa gửi được. Anh/chị tải lại trang rồi nhắn lại giúp em ạ.",
    long: (most, now) => `Tin dài quá (${now} chữ cái, nhiều nhất ${most}). Anh/chị chia thành hai tin giúp em ạ.`,
    unread: "Chưa tải được cuộc trò chuyện. Anh/chị thử tải lại trang ạ.",
    framed: "Trình duyệt không cho trò chuyện ngay trong trang này. ", alone: "Mở trò chuyện trong trang riêng",
  },
  en: {
    status: "The school's automatic assistant", connecting: "Connecting again…",
    hello: "How can I help?", how: "Type a question, or pick one of the tasks below. Answers name their source, so that you can check.",
    typing: "Looking for the answer…", slow: "I have your message and write as soon as I have the answer.",
    ask: "Ask", children: "My child", fees: "Fees", school: "Contact the school",
    box: "Your question", hint: "Type a question…", send: "Send", log: "Conversation", tasks: "Common tasks", skip: "To the question box",
    me: "You: ", them: "Assistant: ", qr: "VietQR code to pay", save: "Save the QR code, then open it in your bank's app", scan: "Open the card scanner", file: "Download: ",
    source: "Source: ", since: "In force since ", choose: "Quick choices", rate: "How was this answer?", today: "Today", below: "New message ↓",
    again: "Send again", unsent: "Not sent. Please check the network and press “Send again”.", trying: "The network is weak, sending again…",
    crowd: "Many people are opening the chat from this network. Please wait a minute and press “Send again”.",
    stale: "This page has been open for long and could not send. Please reload it and write again.",
    long: (most, now) => `This message is too long (${now} characters, ${most} at most). Please make two of it.`,
    unread: "The conversation could not be loaded. Please reload the page.",
    framed: "This browser does not allow the chat inside this page. ", alone: "Open the chat in a page of its own",
  },
};
