"""Folding of Chinese text for matching: width, traditional characters, spaces, numerals."""

import re
from functools import lru_cache
from typing import Final

# Pairs "traditional simplified" of the characters that occur in county ledgers; anything else is left alone.
_PAIRS: Final = """
萬万 與与 專专 業业 東东 兩两 嚴严 個个 豐丰 臨临 為为 爲为 麗丽 舉举 麼么 義义 烏乌 樂乐 喬乔 習习
鄉乡 書书 買买 亂乱 爭争 於于 虧亏 雲云 亞亚 產产 産产 畝亩 親亲 億亿 僅仅 從从 倉仓 儀仪 們们 價价
眾众 衆众 優优 會会 傷伤 偉伟 傳传 倫伦 偽伪 體体 餘余 傭佣 俠侠 侶侣 偵侦 側侧 僑侨 債债 傾倾 償偿
備备 儲储 兒儿 黨党 蘭兰 關关 興兴 養养 獸兽 內内 岡冈 冊册 寫写 軍军 農农 馮冯 衝冲 決决 況况 凍冻
淨净 涼凉 減减 湊凑 幾几 鳳凤 憑凭 凱凯 擊击 鑿凿 劃划 劉刘 則则 剛刚 創创 刪删 別别 劑剂 劍剑 劇剧
勸劝 辦办 務务 動动 勵励 勁劲 勞劳 勢势 勛勋 勻匀 區区 醫医 華华 協协 單单 賣卖 盧卢 衛卫 衞卫 卻却
廠厂 廳厅 歷历 曆历 厲厉 壓压 縣县 參参 叢丛 雙双 發发 髮发 變变 敘叙 葉叶 號号 嘆叹 後后 嚇吓 嗎吗
聽听 啟启 啓启 吳吴 員员 響响 嘩哗 問问 啞哑 噴喷 團团 園园 圍围 國国 圖图 圓圆 聖圣 場场 壞坏 塊块
堅坚 壇坛 壩坝 墳坟 墜坠 壟垄 壘垒 墾垦 墊垫 塵尘 牆墙 墻墙 壯壮 聲声 殼壳 處处 複复 復复 夠够 頭头
誇夸 夾夹 奪夺 奮奋 獎奖 婦妇 媽妈 嬰婴 孫孙 學学 寧宁 寶宝 實实 寵宠 審审 憲宪 宮宫 寬宽 賓宾 對对
尋寻 導导 壽寿 將将 爾尔 嘗尝 盡尽 儘尽 層层 屆届 屬属 歲岁 豈岂 崗岗 島岛 嶺岭 峽峡 巖岩 幣币 帥帅
師师 帳帐 帶带 幫帮 幹干 乾干 庫库 應应 廟庙 龐庞 廢废 廣广 開开 異异 棄弃 張张 彈弹 強强 歸归 當当
錄录 彥彦 徹彻 徑径 徵征 憶忆 懷怀 態态 憐怜 總总 慮虑 懇恳 惡恶 惱恼 慣惯 憂忧 戲戏 戰战 戶户 紮扎
執执 擴扩 掃扫 揚扬 擾扰 撫抚 拋抛 搶抢 護护 報报 擔担 擬拟 擁拥 攔拦 撥拨 擇择 掛挂 擋挡 擠挤 揮挥
損损 撿捡 換换 據据 擄掳 搖摇 攜携 攝摄 擺摆 攤摊 敵敌 數数 齋斋 鬥斗 斬斩 斷断 無无 舊旧 時时 曠旷
晉晋 曉晓 暫暂 術术 樸朴 機机 殺杀 雜杂 權权 條条 來来 楊杨 極极 構构 槍枪 楓枫 櫃柜 檸柠 標标 棧栈
棟栋 樹树 樣样 橋桥 檔档 橫横 檢检 樓楼 欄栏 梘枧 歡欢 歐欧 殘残 毀毁 畢毕 氣气 漢汉 湯汤 溝沟 沒没
淪沦 滄沧 淚泪 潔洁 灑洒 澆浇 濁浊 測测 濟济 渾浑 濃浓 塗涂 濤涛 潤润 漲涨 澀涩 淵渊 漁渔 滲渗 溫温
灣湾 濕湿 溼湿 滿满 濾滤 濫滥 灘滩 滯滞 滬沪 瀘泸 瀏浏 瀝沥 滅灭 燈灯 靈灵 災灾 爐炉 點点 煉炼 爛烂
燭烛 煙烟 菸烟 煩烦 燒烧 熱热 愛爱 爺爷 牽牵 犧牺 狀状 獨独 獄狱 獲获 穫获 環环 現现 瑪玛 電电 畫画
療疗 瘋疯 癥症 監监 蓋盖 盤盘 盜盗 眞真 睜睁 矚瞩 礦矿 碼码 磚砖 礎础 確确 禮礼 禍祸 禦御 種种 稱称
積积 穩稳 穀谷 窮穷 竊窃 窯窑 竄窜 競竞 筆笔 築筑 簡简 簽签 籤签 節节 範范 籌筹 籃篮 類类 糧粮 糞粪
緊紧 糾纠 紅红 約约 級级 紀纪 純纯 綱纲 納纳 縱纵 紛纷 紙纸 線线 練练 組组 細细 織织 終终 紹绍 經经
結结 繞绕 給给 絡络 絕绝 統统 繼继 績绩 緒绪 續续 維维 綜综 綠绿 緩缓 編编 緣缘 縮缩 繳缴 網网 羅罗
罰罚 聯联 職职 肅肃 腸肠 膚肤 腎肾 脹胀 脅胁 勝胜 腦脑 膽胆 脫脱 臉脸 臘腊 臺台 檯台 颱台 艙舱 艱艰
艷艳 藝艺 蘆芦 蘇苏 莊庄 蔣蒋 藍蓝 薦荐 藥药 榮荣 營营 蕭萧 薩萨 蒼苍 蘋苹 蓮莲 虛虚 虜虏 蟲虫 雖虽
蝦虾 補补 襯衬 襲袭 裝装 裡里 裏里 製制 見见 觀观 規规 視视 覽览 覺觉 觸触 計计 訂订 認认 討讨 讓让
訓训 議议 訊讯 記记 講讲 許许 論论 設设 訪访 證证 評评 識识 訴诉 診诊 詞词 試试 詩诗 誠诚 話话 該该
詳详 語语 誤误 説说 說说 請请 諸诸 課课 調调 談谈 諮咨 謀谋 謝谢 謹谨 譚谭 譽誉 讀读 貝贝 負负 財财
責责 賢贤 敗败 貨货 質质 販贩 貧贫 購购 貫贯 貸贷 貿贸 費费 賀贺 賃赁 資资 賦赋 賬账 賴赖 賺赚 賽赛
贈赠 贏赢 趙赵 趕赶 趨趋 躍跃 踐践 車车 軌轨 軟软 轉转 輪轮 輕轻 載载 較较 輔辅 輛辆 輸输 轄辖 邊边
達达 遷迁 過过 邁迈 運运 還还 這这 進进 遠远 違违 連连 遲迟 適适 選选 遞递 邏逻 遺遗 鄧邓 鄭郑 鄰邻
郵邮 釀酿 採采 釋释 鑒鉴 鑑鉴 針针 釣钓 鈣钙 鈔钞 鋼钢 鑰钥 鐘钟 鍾钟 錢钱 鐵铁 鉛铅 鋁铝 銅铜 銀银
鋪铺 銷销 鎖锁 鍋锅 錯错 鎮镇 鎭镇 長长 門门 閃闪 閉闭 間间 閑闲 閒闲 閘闸 聞闻 閱阅 闊阔 隊队 陽阳
陰阴 陣阵 階阶 際际 陸陆 陳陈 險险 隨随 隱隐 隸隶 難难 霧雾 靜静 韓韩 頁页 頂顶 項项 順顺 須须 頑顽
顧顾 頓顿 預预 領领 頗颇 頻频 題题 顏颜 額额 願愿 顯显 風风 飛飞 飯饭 飲饮 飼饲 飽饱 館馆 馬马 馳驰
駐驻 駕驾 驗验 驟骤 魚鱼 鮮鲜 鳥鸟 雞鸡 鴨鸭 鵝鹅 鷹鹰 鹽盐 麥麦 黃黄 齊齐 齒齿 齡龄 龍龙 龜龟 準准
繫系 係系 鬱郁 併并 並并 佔占 衹只 隻只 週周 遊游 誌志 彙汇 匯汇 滙汇 豬猪 罷罢 鹹咸 鄺邝 閻阎 鄒邹
龔龚 鞏巩 紐纽 綿绵 縫缝 繪绘 絲丝 緝缉 緯纬 紡纺 紋纹 瀟潇 潰溃 濱滨 漸渐 瀾澜 蠟蜡 貢贡 貼贴
"""
_TO_SIMPLIFIED: Final = {ord(p[0]): p[1] for p in _PAIRS.split() if p[0] != p[1]}

_WIDTH: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    0x3000: 0x20, 0x00A0: 0x20, 0x2002: 0x20, 0x2003: 0x20, 0x2009: 0x20, 0xFFE5: ord("¥"),
    0xFF61: ord("。"), 0xFF64: ord("、"),
}  # fmt: skip
_INVISIBLE: Final = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD))
_NARROW: Final = {**_WIDTH, **_INVISIBLE}
_FOLD: Final = {**_NARROW, **_TO_SIMPLIFIED}
_SPACE: Final = re.compile(r"\s+")

_DIGITS: Final = {
    "零": 0, "〇": 0, "○": 0, "一": 1, "壹": 1, "二": 2, "贰": 2, "两": 2, "三": 3, "叁": 3, "四": 4, "肆": 4,
    "五": 5, "伍": 5, "六": 6, "陆": 6, "七": 7, "柒": 7, "八": 8, "捌": 8, "九": 9, "玖": 9,
}  # fmt: skip
_UNITS: Final = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_TENS: Final = {"廿": 20, "卅": 30}
NUMERAL_CHARACTERS: Final = "".join((*_DIGITS, *_UNITS, *_TENS, "万"))


def narrow(text: str) -> str:
    """The text with full-width forms as half-width ones and invisible characters dropped; spaces stay."""
    return text.translate(_NARROW)


def simplify(text: str) -> str:
    """The text with the traditional characters of this field as simplified ones; nothing else changed."""
    return text.translate(_TO_SIMPLIFIED)


def squeeze(text: str) -> str:
    """The text without any white space or line breaks."""
    return _SPACE.sub("", text)


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """The form in which headers, units and words are compared: half width, simplified, without spaces."""
    return _SPACE.sub("", text.translate(_FOLD))


def chinese_number(text: str) -> int | None:
    """The number a Chinese numeral says (二十一 → 21, 二〇一八 → 2018, 两 → 2), None where it is none."""
    if not text:
        return None
    if all(character in _DIGITS for character in text):
        return int("".join(str(_DIGITS[character]) for character in text))
    total = section = digit = 0
    for character in text:
        if character in _DIGITS:
            digit = _DIGITS[character]
        elif character in _TENS:
            section, digit = section + _TENS[character], 0
        elif character in _UNITS:
            section, digit = section + (digit or 1) * _UNITS[character], 0
        elif character == "万":
            total, section, digit = total + (section + digit) * 10_000, 0, 0
        else:
            return None
    return total + section + digit
