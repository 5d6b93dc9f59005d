import "pretendard/dist/web/static/pretendard-dynamic-subset.css";
import "krds-uiux/resources/css/token/krds_tokens.css";
import "./styles/modes.css";
import "./styles/base.css";
import "./styles/layout.css";
import "./styles/parts.css";
import "./styles/tables.css";
import "./styles/pages.css";
import "./styles/rows.css";
import "./styles/maps.css";
import "./styles/city-map.css";
import "./styles/accounts.css";
import "./styles/audit.css";
import "./styles/api.css";
import "./styles/sql.css";
import "./styles/work.css";
import "./styles/sources.css";
import "./styles/deposits.css";
import "./styles/portal.css";
import "./styles/rounds.css";
import { copyButtons } from "./elements/copy-button";
import { rowLinks } from "./elements/row-links";
import { scrollToMarked } from "./elements/marked-cell";

copyButtons();
rowLinks();
scrollToMarked();
void document.fonts.ready.then(scrollToMarked); // letters of the real font are of another width
